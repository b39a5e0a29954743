/** Nodes as processes of their own: for the demo, the benchmarks and the tests under faults. */
package io.rookery.server.process;
