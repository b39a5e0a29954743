/** Real servers in this process or started by it, for the sample, the tests and the benchmarks. Loopback only. */
package io.rookery.samples.servers;
