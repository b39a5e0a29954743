/** Faults on real processes, workloads beside them, and checkers of what the workloads saw. */
package io.rookery.bench.faults;
