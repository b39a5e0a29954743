package io.rookery.cluster;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.wire.Failures;
import io.rookery.cluster.wire.WireReader;
import io.rookery.cluster.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientStreamTracer;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * Questions and answers between nodes: one multiplexed connection to each, one method, on the port that Ratis listens
 * on anyway. Kinds that start with {@code @} are the cluster's own.
 */
final class Peers implements NodeMessenger, AutoCloseable {
    static final int MOST_BYTES = 64 << 20;

    private static final String SERVICE = "io.rookery.cluster.Node";
    private static final long DEADLINE_MILLIS = 15_000;
    private static final MethodDescriptor<byte[], byte[]> ASK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(SERVICE + "/ask")
            .setRequestMarshaller(new Octets())
            .setResponseMarshaller(new Octets())
            .build();

    private final String self;
    private final Function<String, Optional<String>> addresses;
    private final Map<String, Function<byte[], CompletableFuture<byte[]>>> handlers = new ConcurrentHashMap<>();
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** @param addresses a node's host:port by its tag */
    Peers(String self, Function<String, Optional<String>> addresses) {
        this.self = self;
        this.addresses = addresses;
    }

    @Override
    public void handle(String kind, Function<byte[], CompletableFuture<byte[]>> handler) {
        handlers.put(kind, handler);
    }

    @Override
    public CompletableFuture<byte[]> ask(String node, String kind, byte[] question) {
        return ask(node, kind, question, DEADLINE_MILLIS);
    }

    CompletableFuture<byte[]> ask(String node, String kind, byte[] question, long deadlineMillis) {
        if (node.equals(self)) {
            return answer(kind, question);
        }
        return addresses
                .apply(node)
                .map(address -> askAt(address, kind, question, deadlineMillis))
                .orElseGet(() -> CompletableFuture.failedFuture(new RookeryException(
                        ErrorCode.UNAVAILABLE, "Expected node " + node + " in the topology but it is not there")));
    }

    /** As {@link #ask}, of the node at an address. The outcome is known when the question never left this node. */
    CompletableFuture<byte[]> askAt(String address, String kind, byte[] question, long deadlineMillis) {
        byte[] request =
                new WireWriter(question.length + 32).text(kind).bytes(question).toBytes();
        Sent sent = new Sent();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS)
                .withStreamTracerFactory(sent);
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(channel(address).newCall(ASK, options), request, new StreamObserver<>() {
            @Override
            public void onNext(byte[] frame) {
                WireReader in = new WireReader(frame);
                if (in.flag()) {
                    answer.complete(in.bytes());
                } else {
                    answer.completeExceptionally(Failures.read(in));
                }
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(unreachable(address, failure, sent.left.get()));
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(unreachable(address, null, true)); // no-op when answered
            }
        });
        return answer;
    }

    private static RookeryException unreachable(String address, Throwable failure, boolean left) {
        boolean late = failure instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
        ErrorCode code = late ? ErrorCode.TIMEOUT : ErrorCode.UNAVAILABLE;
        String message = "No answer from the node at " + address + (failure == null ? "" : ": " + failure.getMessage());
        return left
                ? RookeryException.outcomeUnknown(code, message, failure)
                : new RookeryException(code, message, failure);
    }

    private ManagedChannel channel(String address) {
        return channels.computeIfAbsent(address, key -> {
            InetSocketAddress at = socketAddress(key);
            return NettyChannelBuilder.forAddress(at.getHostString(), at.getPort())
                    .usePlaintext()
                    .maxInboundMessageSize(MOST_BYTES)
                    .build();
        });
    }

    static InetSocketAddress socketAddress(String address) {
        URI uri = URI.create("raft://" + address);
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new RookeryException(
                    ErrorCode.BAD_CONFIGURATION, "Expected host:port for Raft but found '" + address + "'");
        }
        return InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort());
    }

    private CompletableFuture<byte[]> answer(String kind, byte[] question) {
        Function<byte[], CompletableFuture<byte[]>> handler = handlers.get(kind);
        if (handler == null) {
            return CompletableFuture.failedFuture(new RookeryException(
                    ErrorCode.UNAVAILABLE, "Node " + self + " answers no questions of the kind " + kind));
        }
        try {
            return handler.apply(question);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The side that answers; added to Ratis's own server. */
    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(ASK, ServerCalls.asyncUnaryCall(this::serve))
                .build();
    }

    private void serve(byte[] request, StreamObserver<byte[]> observer) {
        WireReader in = new WireReader(request);
        answer(in.text(), in.bytes()).whenComplete((answer, failure) -> {
            WireWriter out = new WireWriter(answer == null ? 256 : answer.length + 8).flag(failure == null);
            if (failure == null) {
                out.bytes(answer);
            } else {
                Failures.write(out, failure);
            }
            observer.onNext(out.toBytes());
            observer.onCompleted();
        });
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }

    /** Notices whether a question was given to a connection: before that it certainly had no effect. */
    private static final class Sent extends ClientStreamTracer.Factory {
        private final AtomicBoolean left = new AtomicBoolean();

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata headers) {
                    left.set(true);
                }
            };
        }
    }

    /** Messages are bytes as they are. */
    private static final class Octets implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
