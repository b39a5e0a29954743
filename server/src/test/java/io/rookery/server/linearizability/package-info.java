/** Registers on processes that are frozen and killed. Tests only. */
package io.rookery.server.linearizability;
