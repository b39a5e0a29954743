/** A node: its parts wired by constructors, its configuration, its one main. */
package io.rookery.server;
