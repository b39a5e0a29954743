package io.rookery.etl.task;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import io.rookery.api.SinkFactory;
import io.rookery.etl.task.TaskDefinition.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses task files: strict keys, every error with line and column. See {@code docs/tasks.md} for the language. */
public final class TaskFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Set<String> OTHER_TARGETS = Set.of("opensearch", "route", "http", "rabbitmq");

    private final Map<String, SinkFactory> sinks;

    private TaskFile(Map<String, SinkFactory> sinks) {
        this.sinks = sinks;
    }

    /** Parses with the sinks that are on the classpath. */
    public static List<TaskDefinition> parse(String file, String text) {
        Map<String, SinkFactory> sinks = ServiceLoader.load(SinkFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(SinkFactory::kind, sink -> sink));
        return parse(file, text, sinks);
    }

    static List<TaskDefinition> parse(String file, String text, Map<String, SinkFactory> sinks) {
        List<Setting> documents = YamlText.parse(file, text);
        if (documents.isEmpty()) {
            throw new RookeryException(ErrorCode.BAD_TASK, file + ": Expected a task but found nothing");
        }
        TaskFile parser = new TaskFile(sinks);
        List<String> lines = text.lines().toList();
        List<TaskDefinition> tasks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < documents.size(); i++) {
            int end = i + 1 < documents.size() ? documents.get(i + 1).line() - 1 : lines.size();
            TaskDefinition task =
                    parser.task(documents.get(i), slice(lines, documents.get(i).line() - 1, end));
            if (!names.add(task.name())) {
                throw documents.get(i).error("Found the task '" + task.name() + "' twice");
            }
            tasks.add(task);
        }
        return tasks;
    }

    /** The lines of one document without the separator that may follow it. */
    private static String slice(List<String> lines, int start, int end) {
        return lines.subList(start, end).stream()
                .takeWhile(line -> !line.startsWith("---"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private TaskDefinition task(Setting setting, String text) {
        setting.only(
                "task",
                "description",
                "labels",
                "enabled",
                "from",
                "steps",
                "to",
                "on_error",
                "batch",
                "parallel",
                "schedule",
                "schema",
                "tests");
        Setting name = setting.get("task");
        if (!NAME.matcher(name.text()).matches()) {
            throw name.error(
                    "Expected a name of at most 63 small letters, digits and dashes but found '" + name.text() + "'");
        }
        refuse(setting, "schedule", "scheduled pulls");
        refuse(setting, "schema", "schemas of a task");
        setting.find("parallel").ifPresent(parallel -> {
            if (parallel.integer(1, 64) > 1) {
                throw unsupported(parallel, "more than one lane a task (parallel)");
            }
        });
        Setting from = setting.get("from");
        Setting to = setting.get("to");
        Kind kind = kind(from, to);
        String sinkKind = kind == Kind.INGEST ? "documents" : sinkKind(to);
        return new TaskDefinition(
                name.text(),
                setting.text("description", ""),
                labels(setting),
                setting.flag("enabled", true),
                kind,
                kind == Kind.INGEST ? from.get("database").text() : connection(to, sinkKind),
                sinkKind,
                from,
                setting.find("steps").map(Setting::list).orElse(List.of()),
                to,
                setting.find("on_error").map(ErrorPolicy::of).orElse(ErrorPolicy.DEFAULT),
                setting.find("batch").map(BatchPolicy::of).orElse(BatchPolicy.DEFAULT),
                setting.find("tests").map(Setting::list).orElse(List.of()),
                text);
    }

    private static Map<String, String> labels(Setting setting) {
        Map<String, String> labels = new LinkedHashMap<>();
        setting.find("labels")
                .ifPresent(found -> found.mapping().forEach((key, value) -> labels.put(key, value.text())));
        return labels;
    }

    private Kind kind(Setting from, Setting to) {
        Map<String, Setting> keys = from.mapping();
        if (keys.containsKey("kafka") || keys.containsKey("camel")) {
            throw unsupported(from, "Kafka and Camel as sources");
        }
        if (keys.containsKey("database")) {
            to.get("documents");
            return Kind.INGEST;
        }
        if (keys.containsKey("collection")) {
            from.only("collection");
            from.get("collection").text();
            return Kind.DELIVER;
        }
        throw from.error("Expected 'database' or 'collection' in from but found "
                + (keys.isEmpty() ? "nothing" : String.join(", ", keys.keySet())));
    }

    private String sinkKind(Setting to) {
        for (String key : to.mapping().keySet()) {
            if (sinks.containsKey(key)) {
                return key;
            }
            if (OTHER_TARGETS.contains(key)) {
                throw unsupported(to, "the target '" + key + "'");
            }
        }
        throw to.error("Expected one of "
                + String.join(", ", sinks.keySet().stream().sorted().toList()) + " in to but found "
                + String.join(", ", to.mapping().keySet()));
    }

    private String connection(Setting to, String sinkKind) {
        return sinks.get(sinkKind).connectionKinds().isEmpty()
                ? null
                : to.get(sinkKind).text();
    }

    private static void refuse(Setting setting, String key, String what) {
        setting.find(key).ifPresent(found -> {
            throw unsupported(found, what);
        });
    }

    private static RookeryException unsupported(Setting setting, String what) {
        return setting.error(ErrorCode.NOT_SUPPORTED, "This version does not have " + what);
    }
}
