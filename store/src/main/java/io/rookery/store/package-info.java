/**
 * One shard's documents, change feed and entries on disk: log entries go in, in order, and every replica that has applied
 * the same ones holds the same state. Nothing here knows where the log comes from, and nothing takes a clock.
 */
package io.rookery.store;
