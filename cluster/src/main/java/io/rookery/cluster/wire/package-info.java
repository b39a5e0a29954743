/** Bytes in the log and between nodes: commands, outcomes and failures as they are written, with their versions. */
package io.rookery.cluster.wire;
