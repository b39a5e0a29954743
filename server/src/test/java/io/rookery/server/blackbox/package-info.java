/** A node seen from outside: as a process, over HTTP. Tests only. */
package io.rookery.server.blackbox;
