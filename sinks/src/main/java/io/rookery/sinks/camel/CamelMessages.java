package io.rookery.sinks.camel;

import io.rookery.api.Change;
import io.rookery.api.ErrorCode;
import io.rookery.api.Json;
import io.rookery.api.RejectedChangeException;
import io.rookery.api.RookeryException;
import io.rookery.api.Scope;
import io.rookery.api.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Makes a change's message: the document's JSON, what change it is, and the task's headers. */
record CamelMessages(CamelTarget target) {
    void fill(Message message, Change change, String id) {
        message.setHeader("RookeryId", id);
        message.setHeader("RookeryDocument", change.id());
        message.setHeader("RookerySequence", change.sequence());
        message.setHeader("RookeryOperation", change.operation().label());
        if (!change.isDelete()) {
            message.setBody(change.document().bytes());
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        target.headers().forEach((name, value) -> {
            String text = text(value, change);
            if (text != null) {
                message.setHeader(name, inert(name, text, change));
            }
        });
    }

    private static String text(Value value, Change change) {
        try {
            Object found = value.evaluate(Scope.of(change));
            if (found instanceof BigDecimal number) {
                return number.toPlainString();
            }
            if (found instanceof Map || found instanceof List) {
                return Json.of(found).toString();
            }
            return found == null ? null : found.toString();
        } catch (RookeryException e) {
            if (e.code() == ErrorCode.CHANGE_REJECTED && !(e instanceof RejectedChangeException)) {
                throw new RejectedChangeException(change.sequence(), e.getMessage(), null);
            }
            throw e;
        }
    }

    /** What a document says is never run: Camel evaluates some headers, and a line break would start another header. */
    private static String inert(String name, String text, Change change) {
        if (CamelTarget.isCode(text) || text.chars().anyMatch(Character::isISOControl)) {
            throw new RejectedChangeException(
                    change.sequence(),
                    "Expected a plain text for the header " + name + " but " + change.id()
                            + " gives one with an expression or a control character",
                    null);
        }
        return text;
    }
}
