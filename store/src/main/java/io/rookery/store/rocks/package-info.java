/** The only place that knows RocksDB: keys and values as bytes, atomic batches, consistent views, durable flushes. */
package io.rookery.store.rocks;
