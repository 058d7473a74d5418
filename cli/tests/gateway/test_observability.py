"""What the gateway tells operators: its log, its traces, its figures."""

from __future__ import annotations

import socket
import time

import pytest

from prost_cli.gateway import GatewaySettings


def test_a_request_is_logged_without_its_query(gateway, token):
    credentials = token("customer")

    gateway.get("/api/catalog/customer?token=secret", authorization=credentials, user_agent="logged")

    entry = gateway.access_log(user_agent="logged")
    assert entry["path"] == "/api/catalog/customer"
    assert entry["method"] == "GET"
    assert entry["status"] == 200
    assert entry["route"] == "catalog"
    assert entry["subject"] == "u-1"
    assert entry["client"] == "127.0.0.1"
    assert isinstance(entry["duration_ms"], int)
    assert "secret" not in str(entry)


def test_a_refusal_is_logged_with_its_reason(gateway):
    gateway.get("/api/catalog/nothing-here")

    entry = gateway.access_log(path="/api/catalog/nothing-here")
    assert entry["status"] == 404
    assert entry["detail"] == "direct_response"


def test_figures_are_for_prometheus_on_loopback(gateway):
    gateway.get("/api/catalog/products")

    figures = gateway.admin("/stats/prometheus")
    assert 'envoy_cluster_upstream_rq_xx{envoy_response_code_class="2"' in figures
    assert 'envoy_cluster_name="service-catalog"' in figures
    assert gateway.addresses.admin.startswith("127.0.0.1:")
    assert gateway.get("/stats/prometheus").json()["target"] == "/stats/prometheus"


@pytest.fixture(scope="module")
def collector(make_upstream):
    return make_upstream()


@pytest.fixture(scope="module")
def traced(make_gateway, upstream, collector):
    settings = GatewaySettings(trace_sampling=1)
    return make_gateway(upstream, settings=settings, otlp=f"http://{collector.address}")


def test_a_trace_begins_at_the_gateway_and_goes_on_in_the_service(traced, collector):
    forwarded = traced.get("/api/catalog/echo/traced").json()["headers"]["traceparent"]

    _, trace_id, parent_id, flags = forwarded.split("-")
    span = collector.span(trace_id)
    assert flags == "01"
    assert span.span_id.hex() == parent_id
    assert span.parent_span_id == b""
    assert traced.access_log(path="/api/catalog/echo/traced")["trace_id"] == trace_id


def test_a_refusal_is_found_in_the_log_and_from_there_in_its_trace(traced, collector):
    request_id = traced.get("/api/catalog/staff").json()["request_id"]

    entry = traced.access_log(request_id=request_id)
    assert entry["path"] == "/api/catalog/staff"
    assert collector.span(entry["trace_id"])


def test_what_is_not_sampled_is_counted_out_for_the_services_too(make_gateway, upstream, collector):
    gateway = make_gateway(upstream, settings=GatewaySettings(trace_sampling=0), otlp=collector.address)

    forwarded = gateway.get("/api/catalog/echo/unsampled").json()["headers"]["traceparent"]

    _, trace_id, _, flags = forwarded.split("-")
    assert flags == "00"
    assert gateway.access_log(path="/api/catalog/echo/unsampled")["trace_id"] == trace_id


def test_a_collector_that_is_away_costs_no_request_and_fills_no_log(make_gateway, upstream):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gateway = make_gateway(upstream, otlp=f"127.0.0.1:{closed.getsockname()[1]}")
        statuses = {gateway.get("/api/catalog/echo").status for _ in range(20)}
        time.sleep(1.5)

    assert statuses == {200}
    assert gateway.log() == ""
