/** Whether what clients saw of registers can be explained by one order of their operations. */
package io.rookery.checkers.linearizability;
