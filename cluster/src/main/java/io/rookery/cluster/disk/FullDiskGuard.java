package io.rookery.cluster.disk;

import java.util.function.Predicate;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Keeps a leader's entries and snapshots away from a disk that has no room for them: Ratis would fail at its log and
 * never write again. The leader tries again and again, and the follower still hears from it, so that it does not stand
 * for election.
 */
public final class FullDiskGuard implements ServerInterceptor {
    private final Disk disk;
    private final Predicate<AppendEntriesRequestProto> takes;

    /** @param takes false for entries that this node has no room for at all */
    public FullDiskGuard(Disk disk, Predicate<AppendEntriesRequestProto> takes) {
        this.disk = disk;
        this.takes = takes;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Guarded<Q, A> guarded = new Guarded<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(guarded, headers)) {
            @Override
            public void onMessage(Q message) {
                if (guarded.refused) {
                    return;
                }
                if (message instanceof AppendEntriesRequestProto request
                        && request.getEntriesCount() > 0
                        && !(disk.hasRoom() && takes.test(request))) {
                    guarded.refused = true;
                    @SuppressWarnings("unchecked") // Q is the message's type
                    Q heartbeat = (Q) request.toBuilder().clearEntries().build();
                    super.onMessage(heartbeat);
                    guarded.refuse(request.getServerRequest().getCallId());
                } else if (message instanceof InstallSnapshotRequestProto request && !fits(request)) {
                    guarded.refused = true;
                    guarded.refuse(request.getServerRequest().getCallId());
                } else {
                    super.onMessage(message);
                }
            }
        };
    }

    /** A whole snapshot, before its first piece; and each further piece. */
    private boolean fits(InstallSnapshotRequestProto request) {
        var chunk = request.getSnapshotChunk();
        return disk.hasRoom() && (chunk.getRequestIndex() > 0 || disk.fits(chunk.getTotalSize()));
    }

    /** A call whose answers nobody gets once it is refused. */
    private static final class Guarded<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private volatile boolean refused;

        Guarded(ServerCall<Q, A> call) {
            super(call);
        }

        /** With what lets the leader go back to the entry that was refused. */
        void refuse(long callId) {
            Metadata trailers = new Metadata();
            trailers.put(GrpcUtil.CALL_ID, Long.toUnsignedString(callId));
            trailers.put(GrpcUtil.HEARTBEAT, "false");
            delegate().close(Status.RESOURCE_EXHAUSTED.withDescription("There is no room"), trailers);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!refused) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public void sendMessage(A message) {
            if (!refused) {
                super.sendMessage(message);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!refused) {
                super.close(status, trailers);
            }
        }
    }
}
