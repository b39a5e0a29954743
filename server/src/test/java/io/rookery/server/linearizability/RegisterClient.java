package io.rookery.server.linearizability;

import io.rookery.checkers.linearizability.Effect;
import io.rookery.checkers.linearizability.Operation;
import io.rookery.server.blackbox.Answer;
import io.rookery.server.blackbox.Api;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** One client of one node: reads, writes, deletes and compares-and-sets registers, one after the other. */
final class RegisterClient implements Runnable {
    static final String DATABASE = "registers";

    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    private final String name;
    private final Api api;
    private final int registers;
    private final History history;
    private final Random random;
    /** What this client last saw of each register. */
    private final Map<String, Version> seen = new HashMap<>();

    private volatile boolean stopped;
    private int written;

    /** @param vector null for a register without a value */
    private record Version(String vector, String value) {
        static final Version NONE = new Version(null, null);
    }

    /** What to send, and what it means when it is done or its outcome is unknown. */
    private record Request(String method, String register, String value, Effect effect, String... headers) {}

    /** @param name the node's tag first */
    RegisterClient(String name, String url, int registers, History history) {
        this.name = name;
        this.api = new Api(url, PATIENCE);
        this.registers = registers;
        this.history = history;
        this.random = new Random(name.hashCode());
    }

    @Override
    public void run() {
        while (!stopped) {
            String register = "r" + random.nextInt(registers);
            int dice = random.nextInt(100);
            if (dice < 45) {
                read(register);
            } else {
                send(dice < 70 ? write(register) : dice < 75 ? delete(register) : swap(register));
            }
        }
    }

    void stop() {
        stopped = true;
    }

    private String path(String register) {
        return "/databases/" + DATABASE + "/docs?id=" + register;
    }

    private String newValue() {
        return name + "." + ++written;
    }

    private Request write(String register) {
        String value = newValue();
        return new Request("PUT", register, value, new Effect.Write(value));
    }

    private Request delete(String register) {
        return new Request("DELETE", register, null, new Effect.Write(null));
    }

    private Request swap(String register) {
        String value = newValue();
        Version expected = seen.getOrDefault(register, Version.NONE);
        Effect effect = new Effect.Swap(expected.value(), value);
        return expected.vector() == null
                ? new Request("PUT", register, value, effect, "If-None-Match", "*")
                : new Request("PUT", register, value, effect, "If-Match", '"' + expected.vector() + '"');
    }

    private void read(String register) {
        long invoked = System.nanoTime();
        try {
            Answer answer = api.send("GET", path(register), null);
            long returned = System.nanoTime();
            if (answer.status() == 200 || answer.status() == 404) {
                Version version = answer.status() == 404 ? Version.NONE : version(answer);
                seen.put(register, version);
                history.add(new Operation(register, name, new Effect.Read(version.value()), invoked, returned));
            } else {
                refused(answer, "GET");
            }
        } catch (IOException e) {
            history.addRefused();
        }
    }

    private Version version(Answer answer) {
        String vector = unquoted(answer.header("ETag"));
        String value = (String) answer.document().get("value");
        history.addVersion(vector, value);
        return new Version(vector, value);
    }

    private static String unquoted(String etag) {
        return etag.substring(1, etag.length() - 1);
    }

    private void send(Request request) {
        long invoked = System.nanoTime();
        String body = request.value() == null ? null : "{\"value\":\"" + request.value() + "\"}";
        try {
            Answer answer = api.send(request.method(), path(request.register()), body, request.headers());
            long returned = System.nanoTime();
            if (answer.isOk()) {
                done(request, answer);
                history.add(new Operation(request.register(), name, request.effect(), invoked, returned));
            } else if (answer.status() == 409 && request.effect() instanceof Effect.Swap swap) {
                Effect effect = new Effect.RefusedSwap(swap.expected());
                history.add(new Operation(request.register(), name, effect, invoked, returned));
            } else if ("unknown".equals(answer.text("outcome"))) {
                unknown(request, invoked);
            } else {
                refused(answer, request.method());
            }
        } catch (ConnectException | HttpConnectTimeoutException e) {
            history.addRefused();
        } catch (IOException e) {
            unknown(request, invoked);
        }
    }

    private void done(Request request, Answer answer) {
        if (request.value() == null) {
            seen.put(request.register(), Version.NONE);
            return;
        }
        String vector = unquoted(answer.header("ETag"));
        history.addVersion(vector, request.value());
        seen.put(request.register(), new Version(vector, request.value()));
    }

    private void unknown(Request request, long invoked) {
        history.add(new Operation(request.register(), name, request.effect(), invoked, Operation.NEVER));
    }

    /** Refused for certain: if its value is seen all the same, no order will explain that. */
    private void refused(Answer answer, String method) {
        history.addRefused();
        if (answer.status() != 503 && answer.status() != 429) {
            history.addSurprise(name + " " + method + " was answered " + answer);
        }
    }
}
