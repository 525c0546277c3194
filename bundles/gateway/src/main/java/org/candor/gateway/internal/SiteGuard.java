package org.candor.gateway.internal;

import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps web pages of other origins out: a name that was rebound to this machine's address is not a local name, and a
 * request that a foreign page made says so in {@code Origin} or {@code Sec-Fetch-Site}. Immutable.
 */
final class SiteGuard {

    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> hosts;

    /** @param more names besides the local ones, each may hold several separated by commas; {@code *} allows all */
    SiteGuard(String... more) {
        hosts = new HashSet<>(LOCAL);
        Arrays.stream(String.join(",", more).split(","))
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .filter(host -> !host.isEmpty())
                .forEach(hosts::add);
    }

    /** @throws ApiError 403 */
    void check(Request request) {
        String host = request.header("Host");
        if (host == null || !(hosts.contains("*") || hosts.contains(name(host)))) {
            throw new ApiError(
                    403,
                    "host_not_allowed",
                    "Host",
                    "This server does not answer under that host name; allow it with hosts in org.candor.gateway.");
        }
        String site = request.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw crossOrigin();
        }
        String origin = request.header("Origin");
        if (origin != null && !host.equalsIgnoreCase(authority(origin))) {
            throw crossOrigin();
        }
    }

    private static ApiError crossOrigin() {
        return new ApiError(403, "cross_origin", "Origin", "Requests by web pages of another origin are refused.");
    }

    /** A host header's name without the port. */
    private static String name(String host) {
        int bracket = host.lastIndexOf(']');
        int colon = host.indexOf(':', Math.max(0, bracket));
        return (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
