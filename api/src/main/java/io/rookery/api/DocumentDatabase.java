package io.rookery.api;

/** One shard of a database as tasks see it: read, write, follow. */
public interface DocumentDatabase extends DocumentReader, DocumentWriter, ChangeFeed {}
