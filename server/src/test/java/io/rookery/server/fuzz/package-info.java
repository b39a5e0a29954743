/** Requests that must be refused, made by a seeded generator for every route that a node says it has. */
package io.rookery.server.fuzz;
