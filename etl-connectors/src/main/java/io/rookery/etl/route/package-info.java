/** Runs tasks on this node: the feed through steps into sinks, retry, parked changes, and what is assigned here. */
package io.rookery.etl.route;
