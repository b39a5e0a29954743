package io.rookery.server.http;

import io.rookery.api.Json;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself refuses (a malformed request line, headers too large) has the same body as every error. */
final class PlainErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", response.getStatus() >= 500 ? "INTERNAL" : "BAD_REQUEST");
        body.put("message", message == null ? "The request is malformed" : message.toString());
        body.put("outcome", "not_applied");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Reply.JSON);
        response.write(true, ByteBuffer.wrap(Json.of(body).bytes()), callback);
        return true;
    }
}
