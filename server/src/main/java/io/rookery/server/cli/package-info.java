/** The command line. All commands but {@code server} speak HTTP to a node. */
package io.rookery.server.cli;
