package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.OperationException;

/** A request that is not answered as asked, in the shape that OpenAI clients read. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String param;
    private final transient Evidence evidence;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /**
     * @param status of HTTP
     * @param code stable
     * @param param member at fault, or null
     * @param message what is wrong and what to do
     */
    ApiError(int status, String code, String param, String message) {
        this(status, code, param, message, null, null);
    }

    private ApiError(int status, String code, String param, String message, Throwable cause, Evidence evidence) {
        super(message, cause);
        this.status = status;
        this.code = code;
        this.param = param;
        this.evidence = evidence;
    }

    static ApiError invalid(String code, String param, String message) {
        return new ApiError(400, code, param, message);
    }

    static ApiError of(OperationException e) {
        int status =
                switch (e.kind()) {
                    case INVALID -> 400;
                    case DENIED -> 403;
                    case NOT_FOUND -> 404;
                    case BUSY -> 429;
                    case UNAVAILABLE -> 503;
                };
        ApiError error = new ApiError(status, e.code(), e.parameter(), e.getMessage(), e, e.evidence());
        return status == 429 || status == 503 ? error.header("Retry-After", "1") : error;
    }

    ApiError header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    Response response() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", getMessage());
        error.put("type", type());
        error.put("param", param);
        error.put("code", code);
        if (evidence != null) {
            error.put("evidence", Views.evidence(evidence));
        }
        Response response = Response.json(status, Map.of("error", error))
                .accounted(
                        evidence == null
                                ? Response.Account.of(code, null, null)
                                : Response.Account.of(code, evidence.leaf(), evidence.energy()));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            response = response.with(header.getKey(), header.getValue());
        }
        return response;
    }

    private String type() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            case 500 -> "server_error";
            case 503 -> "service_unavailable";
            default -> "invalid_request_error";
        };
    }
}
