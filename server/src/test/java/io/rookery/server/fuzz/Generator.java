package io.rookery.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Bad requests for routes, the same ones for the same seed. Each is bad for certain, by how it is made: the answer must
 * be a refusal, and nothing may change.
 */
final class Generator {
    private static final byte[] EMPTY = {};
    /** Routes that take JSON, by method and path. */
    private static final Set<String> TAKE_JSON = Set.of(
            "PUT /databases/{db}/docs",
            "POST /databases/{db}/docs",
            "POST /databases/{db}/bulk_docs",
            "PUT /databases/{db}/cmpxchg",
            "POST /cluster/nodes",
            "POST /databases/{db}/admin/expiration/config",
            "POST /databases/{db}/admin/refresh/config",
            "POST /databases/{db}/admin/revisions/config",
            "PUT /databases/{db}/admin/expiration/config",
            "PUT /databases/{db}/admin/refresh/config",
            "PUT /databases/{db}/admin/revisions/config");

    private static final Set<String> TAKE_YAML = Set.of("/tasks/{task}", "/connections/{name}");

    /** Parameters that take numbers, by the end of the path. */
    private static final Map<String, List<String>> NUMBERS = Map.of(
            "GET /databases/{db}/docs", List.of("pageSize", "start"),
            "GET /databases/{db}/cmpxchg", List.of("pageSize", "start"),
            "GET /databases/{db}/feed", List.of("limit"),
            "GET /databases/{db}/state-hash", List.of("index"),
            "GET /databases/{db}/hilo/next", List.of("lastBatchSize"),
            "PUT /databases/{db}", List.of("replicas"),
            "PUT /databases/{db}/cmpxchg", List.of("index"),
            "DELETE /databases/{db}/cmpxchg", List.of("index"),
            "POST /databases/{db}/identity/seed", List.of("value"),
            "GET /databases/{db}/revisions", List.of("pageSize", "start"));

    private final Random random;
    private final BadJson json;

    Generator(long seed) {
        random = new Random(seed);
        json = new BadJson(random);
    }

    /** @param path with its braces */
    Shot next(String method, String path) {
        boolean writes = !method.equals("GET") && !method.equals("HEAD");
        Shot shot =
                switch (random.nextInt(10)) {
                    case 0 -> query(method, path);
                    case 1, 2 -> path.contains("{db}/") ? database(method, path) : null;
                    case 3 -> method(path);
                    case 4 -> path(method, path);
                    case 5 -> writes ? encoding(method, path) : header(method, path);
                    case 6, 7 -> body(method, path);
                    case 8 -> number(method, path);
                    default -> wire(method, path);
                };
        return shot == null ? query(method, path) : shot;
    }

    private String filled(String path) {
        return path.replace("{db}", "fuzz").replaceAll("\\{[a-z]*}", "none");
    }

    private Shot query(String method, String path) {
        String broken =
                pick("%", "%z", "%zz", "%G1", "%u0041", "%-1", "a=%F", "id=%c3%", "%%%") + pick("", "&b=1", "=1");
        return Shot.of("malformed query", method + ' ' + filled(path) + "?x=1&" + broken, "", EMPTY);
    }

    private Shot database(String method, String path) {
        if (!method.equals("POST") && path.endsWith("/backup")) {
            return null; // those of a database that is gone are listed, and given up
        }
        String name =
                pick("none", "@system", "a%20b", "%2e%2e", "%c3%a4", "d".repeat(1 + random.nextInt(400)), "'", "*");
        String line = method + ' ' + filled(path.replace("{db}", name)) + "?id=a&index=0&key=k&tag=t&name=n&value=1";
        return Shot.of("unknown database", line, "", "{}".getBytes(ISO_8859_1));
    }

    private Shot method(String path) {
        String method =
                pick("PATCH", "BREW", "LOCK", "COPY", "get", "X", "PROPFIND", "M".repeat(1 + random.nextInt(50)));
        return Shot.of("wrong method", method + ' ' + filled(path), "", EMPTY);
    }

    private Shot path(String method, String path) {
        String more = pick("/no/such", "/no-such/" + token() + '/' + token(), "//x", "/%2f/..;/x", "/no/" + token());
        return Shot.of("unknown path", method + ' ' + filled(path) + "/no-such" + more, "", EMPTY);
    }

    private Shot encoding(String method, String path) {
        byte[] body = new byte[1 + random.nextInt(100)];
        random.nextBytes(body);
        body[0] = 1; // not as gzip begins
        String encoding = pick("gzip", "br", "deflate", "gzip, gzip", "zstd", token());
        return Shot.of("encoding", method + ' ' + filled(path), "Content-Encoding: " + encoding + "\r\n", body);
    }

    private Shot header(String method, String path) {
        String name = "X-" + token();
        return Shot.of(
                "header too large", method + ' ' + filled(path), name + ": " + "x".repeat(20_000) + "\r\n", EMPTY);
    }

    private Shot body(String method, String path) {
        if (TAKE_JSON.contains(method + ' ' + path)) {
            return json(method, path);
        }
        boolean takesYaml = method.equals("PUT") && TAKE_YAML.contains(path);
        return takesYaml
                ? Shot.of("YAML", method + ' ' + filled(path) + "?database=fuzz", "", yaml())
                : identifier(method, path);
    }

    private byte[] yaml() {
        String aliases = "a: &a [x, x]\n" + "b: [*a, *a]\n".repeat(1 + random.nextInt(100));
        return switch (random.nextInt(4)) {
            case 0 -> json.next();
            case 1 -> aliases.getBytes(ISO_8859_1);
            case 2 ->
                ("task: none\nfrom: { database: " + token() + ", table: " + token() + " }\n" + token() + ": 1\n")
                        .getBytes(ISO_8859_1);
            default ->
                pick(
                                "task: [",
                                "\t- x",
                                "&a [*a]",
                                "!!java.lang.Runtime {}",
                                "%YAML 9",
                                "a: b: c",
                                "- - -",
                                "? ?",
                                "---\n---")
                        .getBytes(ISO_8859_1);
        };
    }

    private Shot identifier(String method, String path) {
        if (!path.endsWith("/docs") || method.equals("POST")) {
            return null;
        }
        String id =
                pick("x".repeat(513 + random.nextInt(1_000)), "a%00b", "%0a", "%c2%85", "%20", "%c3%a4".repeat(257));
        return Shot.of("id", method + ' ' + filled(path) + "?id=" + id, "", "{}".getBytes(ISO_8859_1));
    }

    private Shot json(String method, String path) {
        String line = method + ' ' + filled(path) + "?id=fuzz/bad&key=k&index=0";
        return Shot.of("JSON", line, pick("", "Content-Type: text/plain\r\n"), json.next());
    }

    private Shot number(String method, String path) {
        List<String> names = NUMBERS.get(method + ' ' + path);
        if (names == null) {
            return null;
        }
        String name = names.get(random.nextInt(names.size()));
        String bad = pick("x", "-1", "9".repeat(30), "1e3", "0x1", "1.5", "", "%20", "%d9%a1", "1%00", "NaN", "--1");
        // a page's bounds are looked at only where no key is asked for
        boolean pages = method.equals("GET") && (path.endsWith("docs") || path.endsWith("cmpxchg"));
        String line = method + ' ' + filled(path) + '?' + name + '=' + bad + (pages ? "" : "&id=a&key=k&tag=t&name=n");
        return Shot.of("number", line, "", "{\"Object\":1}".getBytes(ISO_8859_1));
    }

    /** What is no HTTP, or promises more than may come. */
    private Shot wire(String method, String path) {
        String line = method + ' ' + filled(path);
        String host = "Host: localhost\r\nConnection: close\r\n";
        String request =
                switch (random.nextInt(9)) {
                    case 0 -> line + "\u0000 HTTP/1.1\r\n" + host + "\r\n";
                    case 1 -> line + " HTTP/1.1\r\n" + host + "no colon here\r\n\r\n";
                    case 2 -> line + " HTTP/1.1\r\n" + host + "Content-Length: " + pick("x", "-5", "1, 2") + "\r\n\r\n";
                    case 3 -> line + " HTTP/1.1\r\nConnection: close\r\n\r\n"; // no host
                    case 4 -> line + " HTTP/1.1\r\n" + host + "A\u0000b: 1\r\n\r\n";
                    case 5 -> line + "?" + "x".repeat(40_000) + " HTTP/1.1\r\n" + host + "\r\n";
                    case 6 -> token() + "\r\n\r\n";
                    case 7 -> line + " HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}  ";
                    default -> line + " HTTP/1.1\r\n" + host + " : \r\n\r\n";
                };
        return new Shot("no HTTP", request.getBytes(ISO_8859_1));
    }

    private String token() {
        StringBuilder token = new StringBuilder();
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            token.append((char) ('a' + random.nextInt(26)));
        }
        return token.toString();
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
