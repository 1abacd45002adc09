package dev.tasker.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a listener listens.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 0: any free one
 */
public record BindAddress(String host, int port) {

    public BindAddress {
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("host:port with a port from 0 to 65535");
        }
    }

    /** A port on 127.0.0.1. */
    public static BindAddress loopback(int port) {
        return new BindAddress("127.0.0.1", port);
    }

    /** The address written as {@code host:port} or {@code [ipv6]:port}. */
    public static BindAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("host:port with a port from 0 to 65535");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("[address]:port for an IPv6 address");
        }
        try {
            return new BindAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("host:port with a port from 0 to 65535", e);
        }
    }

    /** Whether only this machine can connect. */
    public boolean isLoopback() {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
