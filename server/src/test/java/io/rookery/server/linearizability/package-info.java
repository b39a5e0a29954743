/** Whether what clients saw of registers can be explained by one order of their operations. Tests only. */
package io.rookery.server.linearizability;
