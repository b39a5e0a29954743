/** Delivers documents to any Camel endpoint that the operator allows, at least once, with ids that repeat. */
package io.rookery.sinks.camel;
