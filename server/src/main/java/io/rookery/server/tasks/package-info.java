/** Stored tasks and connections, what of them runs on this node, and asking the node that runs one. */
package io.rookery.server.tasks;
