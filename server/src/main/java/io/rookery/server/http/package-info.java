/** The HTTP API: one resource class for each resource, on Jetty's core handlers, answering when futures complete. */
package io.rookery.server.http;
