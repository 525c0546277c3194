package org.candor.gateway.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.operation.Platform;

/** The server's figures for Prometheus. They speak of the whole server and of no tenant. */
final class MetricsRoutes {

    static final String PATH = "/metrics";

    private MetricsRoutes() {}

    static void add(Router router, Backends backends, Traffic traffic, String version) {
        router.add(
                "GET",
                PATH,
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> Response.bytes(
                        200, MetricsText.TYPE, text(backends, traffic, version).getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Backends backends, Traffic traffic, String version) {
        MetricsText text = new MetricsText();
        text.metric("candor_build_info", "gauge", "The version that runs.");
        text.sample("candor_build_info", 1, "version", version);
        traffic.write(text);
        Platform platform = backends.platform();
        checks(text, SystemRoutes.checks(platform));
        Map<String, Object> status = platform == null ? Map.of() : platform.status();
        energy(text, status.get("energy"));
        models(text, status.get("models"));
        GeneratorMetrics.write(text, status.get("generators"));
        number(text, "candor_log_size", "gauge", "Entries of the transparency log.", member(status.get("log"), "size"));
        Object library = status.get("library");
        number(
                text,
                "candor_library_documents",
                "gauge",
                "Documents that are searchable.",
                member(library, "documents"));
        number(text, "candor_library_passages", "gauge", "Passages that are searchable.", member(library, "passages"));
        process(text);
        return text.toString();
    }

    private static void checks(MetricsText text, List<Platform.Check> checks) {
        text.metric("candor_ready", "gauge", "1 when answers can be given.");
        text.sample("candor_ready", SystemRoutes.ready(checks) ? 1 : 0);
        text.metric("candor_check_ready", "gauge", "1 where a check of GET /health/ready passes.");
        for (Platform.Check check : checks) {
            text.sample("candor_check_ready", check.ready() ? 1 : 0, "check", check.name());
        }
    }

    private static void energy(MetricsText text, Object energy) {
        String method = member(energy, "method") instanceof String name ? name : "";
        if (member(energy, "joulesByOperation") instanceof Map<?, ?> byOperation) {
            text.metric("candor_energy_joules_total", "counter", "Energy of operations, by measurement or estimate.");
            new TreeMap<>(byOperation).forEach((operation, joules) -> {
                if (joules instanceof Number number) {
                    text.sample(
                            "candor_energy_joules_total",
                            number.doubleValue(),
                            "operation",
                            (String) operation,
                            "method",
                            method);
                }
            });
        }
        number(
                text,
                "candor_energy_idle_joules_total",
                "counter",
                "Energy that no operation used.",
                member(energy, "idleJoules"));
    }

    private static void models(MetricsText text, Object models) {
        if (!(models instanceof List<?> list)) {
            return;
        }
        text.metric("candor_model_active", "gauge", "1 for each revision that a route leads to.");
        for (Object each : list) {
            text.sample(
                    "candor_model_active",
                    1,
                    "gen_ai_request_model",
                    String.valueOf(member(each, "id")),
                    "version",
                    String.valueOf(member(each, "version")),
                    "digest",
                    String.valueOf(member(each, "digest")));
        }
    }

    private static void process(MetricsText text) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        text.metric("jvm_memory_used_bytes", "gauge", "Memory in use.");
        text.sample("jvm_memory_used_bytes", heap.getUsed(), "jvm_memory_type", "heap");
        text.sample("jvm_memory_used_bytes", other.getUsed(), "jvm_memory_type", "non_heap");
        number(
                text,
                "jvm_thread_count",
                "gauge",
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        number(
                text,
                "process_uptime_seconds",
                "gauge",
                "Since the process began.",
                ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    }

    private static Object member(Object object, String name) {
        return object instanceof Map<?, ?> map ? map.get(name) : null;
    }

    private static void number(MetricsText text, String name, String type, String help, Object value) {
        if (value instanceof Number number) {
            text.metric(name, type, help);
            text.sample(name, number.doubleValue());
        }
    }
}
