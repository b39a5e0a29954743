package io.rookery.server.http;

import io.rookery.cluster.ClusterNode;
import io.rookery.server.backup.Backups;
import io.rookery.server.tasks.Catalog;
import io.rookery.server.tasks.TaskAdministration;
import io.rookery.server.tasks.TaskQuestions;
import java.time.Clock;
import java.util.Map;

/**
 * The parts of a node that its HTTP API stands on.
 *
 * @param configuration what the node was started with, as it may be shown
 */
public record NodeParts(
        ClusterNode node,
        Catalog catalog,
        TaskAdministration tasks,
        TaskQuestions questions,
        Backups backups,
        Clock clock,
        Map<String, Object> configuration) {}
