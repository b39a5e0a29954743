package io.rookery.sinks.kafka;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.TransientSinkException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What a failure of Kafka means: the change's fault, another owner, the user's to mend, or gone by itself. */
final class KafkaFailures {
    private KafkaFailures() {}

    /** Whether one record is to blame, and would be each time. */
    static boolean ofRecord(Throwable e) {
        return e instanceof RecordTooLargeException
                || e instanceof InvalidTopicException
                || e instanceof InvalidRecordException
                || e instanceof SerializationException;
    }

    /** Whether another producer has taken this one's transactional id. */
    static boolean fenced(Throwable e) {
        return has(e, ProducerFencedException.class) || has(e, InvalidProducerEpochException.class);
    }

    static RookeryException of(Throwable e, Object connection) {
        Throwable cause = root(e);
        String what = ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        if (has(e, AuthenticationException.class)) {
            return refused(
                    connection + " refuses the user, the password or the certificate; see the connection" + what, e);
        }
        if (has(e, AuthorizationException.class)) {
            return refused(
                    "The user of " + connection
                            + " lacks a right. It needs Read, Write and Describe on the topic (Create when"
                            + " the topic is missing), Write and Describe on the transactional id, Read on the group"
                            + what,
                    e);
        }
        if (has(e, ConfigException.class)
                || has(e, UnsupportedVersionException.class)
                || has(e, PolicyViolationException.class)) {
            return refused(connection + " cannot be used as the connection says" + what, e);
        }
        return new TransientSinkException(connection + " cannot take records now" + what, e);
    }

    /** The first of a failure's causes that Kafka named; a wrapper says little. */
    static Throwable root(Throwable e) {
        Throwable found = e;
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof ApiException || at instanceof KafkaException) {
                found = at;
            }
        }
        return found;
    }

    private static RookeryException refused(String message, Throwable e) {
        return new RookeryException(ErrorCode.SINK_REFUSED, message, e);
    }

    private static boolean has(Throwable e, Class<? extends Throwable> type) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
