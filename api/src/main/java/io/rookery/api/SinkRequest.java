package io.rookery.api;

/**
 * What a sink is made from.
 *
 * @param cluster the cluster's id; part of names in targets that several clusters may share
 * @param to the task's {@code to:} block, with the kind's key in it
 * @param connection the named connection's settings with variables and secrets filled in; null where the kind has none
 * @param expressions shared with the task's steps; the sink must not close it
 */
public record SinkRequest(
        String cluster, String task, int shard, Setting to, Setting connection, ExpressionEngine expressions) {}
