/** Delivers changes as Kafka records, exactly once: the checkpoint is a group offset in the producer's transaction. */
package io.rookery.sinks.kafka;
