/** A node's disk: how full it may become, who stops then, and folders that are durable or not there. */
package io.rookery.cluster.disk;
