package io.rookery.server.cli;

import io.rookery.api.RookeryException;
import io.rookery.etl.task.ConnectionDefinition;
import io.rookery.etl.task.ConnectionsFile;
import io.rookery.etl.task.TaskDefinition;
import io.rookery.etl.task.TaskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the user's files define. All files are read and checked before anything is sent. */
record Definitions(List<Connection> connections, List<Task> tasks, List<RookeryException> problems) {
    /** A connection and the file it is from. */
    record Connection(String file, ConnectionDefinition definition) {}

    /** A task and the file it is from. */
    record Task(String file, TaskDefinition definition) {
        /** How many lines stand above this task in its file. */
        int linesAbove() {
            int alone = TaskFile.parse(file, definition.text()).get(0).from().line();
            return definition.from().line() - alone;
        }
    }

    /** Of files, and of the YAML files that lie directly in folders, by name. */
    static Definitions read(List<Path> paths, ApiOptions api) {
        Definitions found = new Definitions(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path path : paths) {
            for (Path file : Files.isDirectory(path) ? files(path, api) : List.of(path)) {
                found.add(file.toString(), new String(new Input(api).bytes(file), StandardCharsets.UTF_8));
            }
        }
        found.refuseDuplicates();
        return found;
    }

    private static List<Path> files(Path folder, ApiOptions api) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.{yaml,yml}")) {
            found.forEach(files::add);
        } catch (IOException e) {
            throw api.usage("Expected a folder that can be read but found " + folder + " (" + e.getMessage() + ')');
        }
        if (files.isEmpty()) {
            throw api.usage("Expected *.yaml or *.yml in the folder " + folder + " but found none");
        }
        files.sort(null);
        return files;
    }

    private void add(String file, String text) {
        try {
            if (ConnectionsFile.is(file, text)) {
                ConnectionsFile.parse(file, text)
                        .forEach(definition -> connections.add(new Connection(file, definition)));
            } else {
                TaskFile.parse(file, text).forEach(definition -> tasks.add(new Task(file, definition)));
            }
        } catch (RookeryException e) {
            problems.add(e);
        }
    }

    private void refuseDuplicates() {
        Map<String, String> files = new HashMap<>();
        connections.forEach(connection -> refuseDuplicate(
                files.putIfAbsent("connection " + connection.definition.name(), connection.file),
                connection
                        .definition
                        .settings()
                        .error("Found the connection '" + connection.definition.name() + "' twice")));
        tasks.forEach(task -> refuseDuplicate(
                files.putIfAbsent("task " + task.definition.name(), task.file),
                task.definition.from().error("Found the task '" + task.definition.name() + "' twice")));
    }

    private void refuseDuplicate(String firstFile, RookeryException complaint) {
        if (firstFile != null) {
            problems.add(new RookeryException(complaint.code(), complaint.getMessage() + ", first in " + firstFile));
        }
    }
}
