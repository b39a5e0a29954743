package io.rookery.server.backup;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A backup, a verification or a restore on this node, while it runs and afterwards. Written by one thread, read by any. */
final class Job {
    /** FAILED ones go on when the same is asked for again. */
    enum State {
        RUNNING,
        DONE,
        FAILED
    }

    private final String kind;
    private final String database;
    private final String backup;
    private final long began;
    private final AtomicLong records = new AtomicLong();
    private volatile State state = State.RUNNING;
    private volatile String message;
    private volatile long ended;

    Job(String kind, String database, String backup, long began) {
        this.kind = kind;
        this.database = database;
        this.backup = backup;
        this.began = began;
    }

    String kind() {
        return kind;
    }

    String database() {
        return database;
    }

    State state() {
        return state;
    }

    void count(long more) {
        records.addAndGet(more);
    }

    void end(State last, String why, long now) {
        ended = now;
        message = why;
        state = last;
    }

    Map<String, Object> json(String node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", node);
        json.put("kind", kind);
        json.put("database", database);
        json.put("backup", backup);
        json.put("state", state.name());
        json.put("records", records.get());
        json.put("began", began);
        json.put("ended", ended == 0 ? null : ended);
        json.put("message", message);
        return json;
    }
}
