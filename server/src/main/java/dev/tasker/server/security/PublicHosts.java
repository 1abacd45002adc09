package dev.tasker.server.security;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps this process from fetching from inside its own network on somebody's behalf (03 §3.3): every address behind a name must be a public
 * one. The platform keeps what it resolved for 30 s, so the connection that follows goes to the addresses that were looked at.
 */
final class PublicHosts implements HostCheck {
    private static final Set<String> REFUSED_NAMES = Set.of("localhost", "metadata.google.internal");

    private final Resolver resolver;

    /** What addresses a name has. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    PublicHosts(Resolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public void check(String host) throws IOException {
        String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        if (REFUSED_NAMES.contains(name) || name.endsWith(".localhost")) {
            throw new IOException(host + ": refused (expected: a public host)");
        }
        for (InetAddress address : resolver.resolve(host)) {
            if (!isPublic(address)) {
                throw new IOException(
                        host + ": " + address.getHostAddress() + " refused (expected: public addresses only)");
            }
        }
    }

    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return switch (address) {
            case Inet4Address four -> isPublic(four.getAddress(), 0);
            case Inet6Address six -> isPublicSix(six.getAddress());
            default -> false;
        };
    }

    private static boolean isPublicSix(byte[] address) {
        int first = ((address[0] & 0xff) << 8) | (address[1] & 0xff);
        if ((first & 0xfe00) == 0xfc00 || first == 0) {
            return false; // unique local; unspecified and embedded IPv4
        }
        if (first == 0x64) {
            return isPublic(address, 12); // NAT64
        }
        return first != 0x2002 || isPublic(address, 2); // 6to4
    }

    /** Judges the IPv4 address at an offset; the ranges that {@link InetAddress} has no word for are here. */
    private static boolean isPublic(byte[] bytes, int offset) {
        int first = bytes[offset] & 0xff;
        int second = bytes[offset + 1] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> false;
            case 100 -> second < 64 || second > 127; // between carriers and their customers
            case 169 -> second != 254;
            case 172 -> second < 16 || second > 31;
            case 192 -> second != 168 && !(second == 0 && bytes[offset + 2] == 0);
            case 198 -> second != 18 && second != 19; // for benchmarks
            default -> first < 224;
        };
    }
}
