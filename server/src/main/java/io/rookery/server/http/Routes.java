package io.rookery.server.http;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which resource answers which method and path. Built once; then read by any thread. */
final class Routes {
    /** Which pool of permits a route draws on, so that an overloaded node can still be managed. */
    enum Pool {
        DATA,
        ADMIN,
        /** Long polls: bounded by their own number, as they wait and do not work. */
        FEED
    }

    private record Route(String method, String[] pattern, Pool pool, Resource resource) {}

    /** A route that matches, with what its braces matched. */
    record Match(Resource resource, Pool pool, Map<String, String> path) {}

    private final List<Route> routes = new ArrayList<>();

    /** @param pattern path whose parts in braces match anything, as {@code /databases/{db}/docs} */
    Routes add(String method, String pattern, Pool pool, Resource resource) {
        routes.add(new Route(method, parts(pattern), pool, resource));
        return this;
    }

    Optional<Match> find(String method, String path) {
        String[] parts = parts(path);
        for (Route route : routes) {
            if (route.method.equals(method)) {
                Map<String, String> matched = match(route.pattern, parts);
                if (matched != null) {
                    return Optional.of(new Match(route.resource, route.pool, matched));
                }
            }
        }
        return Optional.empty();
    }

    /** Every route's method and path, as RavenDB lists its own. */
    List<Map<String, Object>> list() {
        List<Map<String, Object>> all = new ArrayList<>();
        routes.forEach(route -> all.add(Map.of("Method", route.method, "Path", String.join("/", route.pattern))));
        return all;
    }

    /** Methods that the path has routes for; empty when it has none at all. */
    Set<String> methods(String path) {
        Set<String> methods = new TreeSet<>();
        String[] parts = parts(path);
        for (Route route : routes) {
            if (match(route.pattern, parts) != null) {
                methods.add(route.method);
            }
        }
        return methods;
    }

    /** What braces matched, with its percent-encoding undone: a name may have slashes that way. */
    static String decoded(Ask ask, String name) {
        try {
            return URLDecoder.decode(ask.path(name).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST, "Expected a percent-encoded path but found '" + ask.path(name) + "'", e);
        }
    }

    private static String[] parts(String path) {
        return path.split("/", -1);
    }

    private static Map<String, String> match(String[] pattern, String[] parts) {
        if (pattern.length != parts.length) {
            return null;
        }
        Map<String, String> matched = new HashMap<>();
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].startsWith("{")) {
                if (parts[i].isEmpty()) {
                    return null;
                }
                matched.put(pattern[i].substring(1, pattern[i].length() - 1), parts[i]);
            } else if (!pattern[i].equals(parts[i])) {
                return null;
            }
        }
        return matched;
    }
}
