package io.rookery.server.backup;

/**
 * What a restore is asked for.
 *
 * @param shards of the new database; null for as many as the backup has
 * @param id of the backup; null for the newest
 * @param sequence or {@code time}, in milliseconds since the epoch: up to where; both null for the backup's end
 */
public record RestoreRequest(
        String database, int replicas, Integer shards, String from, String id, Long sequence, Long time) {}
