package io.rookery.sinks.camel;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.api.TransientSinkException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Keeps HTTP endpoints away from link-local addresses, where clouds hand out credentials. */
final class CamelAddresses {
    private CamelAddresses() {}

    static void refuseOwnNetwork(String uri) {
        if (!uri.startsWith("http")) {
            return;
        }
        String host = host(uri);
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
                    throw new RookeryException(
                            ErrorCode.SINK_REFUSED,
                            "Expected a host of the network but " + host + " is " + address.getHostAddress()
                                    + ", which no task may reach");
                }
            }
        } catch (UnknownHostException e) {
            throw new TransientSinkException("The host " + host + " has no address now", e);
        }
    }

    private static String host(String uri) {
        try {
            String host = URI.create(uri).getHost();
            if (host != null) {
                return host;
            }
        } catch (IllegalArgumentException e) {
            throw new RookeryException(ErrorCode.BAD_TASK, "Expected a URI but found '" + uri + "'", e);
        }
        throw new RookeryException(ErrorCode.BAD_TASK, "Expected a URI with a host but found '" + uri + "'");
    }
}
