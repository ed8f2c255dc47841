"""The one dashboard to open first, read from top to bottom: is it well, for whom is it not, and which
part is the cause. Each row is one function below, in the order in which an order travels.
"""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard

from dashboards.panels import SOURCE, Query, figure, graph, states

Panels = list[Builder[dashboard.Panel]]

# $__rate_interval is at least four scrapes, so that one that failed leaves no gap.
_OF = '{job=~"$service"}'
_FAILED = '{job=~"$service", status=~"5.."}'
# Readers of the event logs wait there for up to 30 s for an event, on purpose.
_ANSWERED = '{job=~"$service", route!~".*/events"}'


def overview() -> dashboard.Dashboard:
    """Everything that runs, on one page. `$service` narrows the rows that every service has."""
    page = (
        builders.Dashboard("Day trading: overview")
        .uid("day-trading-overview")
        .description("Generated: python -m dashboards (observability/src/dashboards/overview.py)")
        .tags(["day-trading", "generated"])
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .time("now-1h", "now")
        .refresh("15s")
        .timezone("browser")
        .with_variable(
            builders.QueryVariable("service")
            .label("Service")
            .datasource(SOURCE)
            .query('label_values(up{job!~"rabbitmq.*|spans"}, job)')
            .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
            .multi(True)
            .include_all(True)
            .all_value(".+")
            .current(dashboard.VariableOption(selected=True, text="All", value="$__all"))
        )
    )
    for title, row in (
        ("Is it well?", well()),
        ("Requests", requests()),
        ("Gateway", gateway()),
        ("Orders and the matching engine", orders()),
        ("The engine's journal", journal()),
        ("Settlement and events", events()),
        ("The ledger", ledger()),
        ("Streams", streams()),
        ("Broker", broker()),
        ("Processes", processes()),
        ("Traces", traces()),
    ):
        page = page.with_row(builders.Row(title))
        for builder in row:
            page = page.with_panel(builder)
    made = page.build()
    # Links to single panels hold as long as the panels keep their order.
    for number, panel in enumerate(made.panels or [], start=1):
        panel.id_val = number
    return made


def well() -> Panels:
    """What to look at first. All green: the traders have nothing to complain about."""
    return [
        figure("Targets down", "Processes that Prometheus knows of and cannot reach.",
               "count(up == 0) or vector(0)", unit="short", bad=1),
        figure("Requests", "Answered by the gateway, all routes.",
               'sum(rate(http_server_requests_total{job="gateway"}[$__rate_interval]))',
               unit="reqps"),
        figure("Errors", "Share of the gateway's answers that are 5xx.",
               'sum(rate(http_server_requests_total{job="gateway", status=~"5.."}[$__rate_interval]))'
               ' / sum(rate(http_server_requests_total{job="gateway"}[$__rate_interval])) or vector(0)',
               unit="percentunit", warn=0.001, bad=0.01),
        figure("99th percentile", "Of the gateway's time to answer, all routes.",
               _quantile(0.99, 'http_server_request_duration_seconds_bucket{job="gateway"}'),
               unit="s", warn=0.25, bad=1),
        figure("Orders", "Placed, as the engine's log has them.",
               'sum(rate(matching_engine_commands_total{kind="place", outcome="journalled"}'
               "[$__rate_interval]))", unit="ops"),
        figure("Trades", "Made by the matching engine.",
               "sum(rate(matching_engine_trades_total[$__rate_interval]))", unit="ops"),
        figure("Settlement lag", "Events of the engine's log that traders do not see the effect of yet.",
               "max(trading_settlement_lag_events)", unit="short", warn=1_000, bad=10_000),
        figure("Stopped consumers", "Consumers that met an event that they cannot apply. They never "
               "skip one: somebody has to look.",
               "sum(event_consumer_stopped) + sum(trading_settlement_stopped)",
               unit="short", bad=1),
    ]  # fmt: skip


def requests() -> Panels:
    """Rate, errors, duration of every service, and of each route of the chosen ones."""
    seconds = f"http_server_request_duration_seconds_bucket{_ANSWERED}"
    rate = f"sum by (job) (rate(http_server_requests_total{_OF}[$__rate_interval]))"
    return [
        graph("Requests by service", "Health checks and scrapes are not counted.",
              Query(rate, "{{job}}"), unit="reqps", stacked=True),
        graph("5xx by service", "Share of each service's answers.",
              # A service that never failed has no such series: it shows as 0, not as missing.
              Query(f"(sum by (job) (rate(http_server_requests_total{_FAILED}[$__rate_interval]))"
                    f" or 0 * {rate}) / {rate}", "{{job}}"), unit="percentunit"),
        graph("99th percentile by service", "Without the long polls of the event logs.",
              Query(_quantile(0.99, seconds, "job"), "{{job}}"), unit="s"),
        graph("Requests by route", "The ten busiest.",
              Query("topk(10, sum by (job, method, route) (rate(http_server_requests_total"
                    f"{_OF}[$__rate_interval])))", "{{job}} {{method}} {{route}}"), unit="reqps"),
        graph("Answers that are no success, by route", "4xx and 5xx, the ten most frequent.",
              Query("topk(10, sum by (job, route, status) (rate(http_server_requests_total"
                    '{job=~"$service", status=~"[45].."}[$__rate_interval])))',
                    "{{job}} {{route}} {{status}}"), unit="reqps"),
        graph("99th percentile by route", "The ten slowest, without the long polls of the event logs.",
              Query("topk(10, " + _quantile(0.99, seconds, "job", "method", "route") + ")",
                    "{{job}} {{method}} {{route}}"), unit="s"),
    ]  # fmt: skip


def gateway() -> Panels:
    """What the front door does on behalf of others: who is slow behind it, whom it refuses."""
    return [
        graph("Attempts at upstreams that did not succeed", "By how they failed.",
              Query('sum by (upstream, outcome) (rate(gateway_upstream_requests_total{outcome!~"[23]xx"}'
                    "[$__rate_interval]))", "{{upstream}} {{outcome}}"), unit="reqps"),
        graph("99th percentile of upstreams", "From the start of an attempt to the answer's headers.",
              Query(_quantile(0.99, "gateway_upstream_request_duration_seconds_bucket", "upstream"),
                    "{{upstream}}"), unit="s"),
        states("Breakers", "Open: requests of this class are refused at once, for a moment.",
               Query("max by (upstream, class) (gateway_breaker_state)", "{{upstream}} {{class}}"),
               {0: ("closed", "green"), 1: ("half open", "orange"), 2: ("open", "red")}),
        graph("Retries", "Second attempts by reason, and those that the budget did not allow.",
              Query("sum by (upstream, reason) (rate(gateway_retries_total[$__rate_interval]))",
                    "{{upstream}} {{reason}}"),
              Query("sum by (upstream) (rate(gateway_retries_denied_total[$__rate_interval]))",
                    "{{upstream}} denied"), unit="ops"),
        graph("Refused", "By the rate limit (by class of client and route) and by open breakers.",
              Query("sum by (class) (rate(gateway_rate_limited_total[$__rate_interval]))",
                    "limit {{class}}"),
              Query("sum by (upstream) (rate(gateway_breaker_refused_total[$__rate_interval]))",
                    "breaker {{upstream}}"), unit="reqps"),
        graph("Writes of unknown outcome", "Sent, and not heard of again. Clients look them up.",
              Query("sum by (upstream) (increase(gateway_outcome_unknown_total[$__rate_interval]))",
                    "{{upstream}}"), unit="short"),
    ]  # fmt: skip


def orders() -> Panels:
    """Commands into the engine, and whether its disk keeps up: an order waits for one fsync."""
    return [
        graph("Orders and trades", "Commands that the engine decided, and the trades they made.",
              Query("sum by (kind) (rate(matching_engine_commands_total"
                    '{kind!="tick", outcome="journalled"}[$__rate_interval]))', "{{kind}}"),
              Query("sum(rate(matching_engine_trades_total[$__rate_interval]))", "trades"),
              unit="ops"),
        graph("Commands refused or repeated", "Refused: the log holds nothing of it. Repeated: known.",
              Query('sum by (kind, outcome) (rate(matching_engine_commands_total{outcome!="journalled"}'
                    "[$__rate_interval]))", "{{kind}} {{outcome}}"), unit="ops"),
        graph("Calls to the engine", "By trading; each carries the commands of many requests.",
              Query("sum by (outcome) (rate(trading_engine_calls_total[$__rate_interval]))",
                    "{{outcome}}"),
              Query("sum(rate(trading_resubmitted_commands_total[$__rate_interval]))",
                    "commands sent again"), unit="ops"),
        graph("Fsync", "How long the journal's disk takes. Every acknowledged order waited for one.",
              Query(_quantile(0.5, "matching_engine_journal_fsync_seconds_bucket"), "median"),
              Query(_quantile(0.99, "matching_engine_journal_fsync_seconds_bucket"), "99th percentile"),
              unit="s"),
        graph("Queue in the engine", "Commands that wait for their group, and how many share one fsync.",
              Query("sum(matching_engine_queued_commands)", "waiting"),
              Query("sum(rate(matching_engine_group_commands_sum[$__rate_interval]))"
                    " / sum(rate(matching_engine_group_commands_count[$__rate_interval]))",
                    "per fsync"), unit="short"),
        graph("Open orders", "Active and dormant, and the prices at which they rest or wait.",
              Query("sum(matching_engine_open_orders)", "open orders"),
              Query("sum(matching_engine_price_levels)", "price levels"), unit="short"),
        graph("Deciding", "The commands of a group together, without their fsync.",
              Query(_quantile(0.5, "matching_engine_match_seconds_bucket"), "median"),
              Query(_quantile(0.99, "matching_engine_match_seconds_bucket"), "99th percentile"),
              unit="s"),
        graph("Publishing", "From a page's sending until RabbitMQ has confirmed it.",
              Query(_quantile(0.5, "matching_engine_publish_seconds_bucket"), "median"),
              Query(_quantile(0.99, "matching_engine_publish_seconds_bucket"), "99th percentile"),
              unit="s"),
        graph("Remembered commands", "By whose ids repeats are known. Too many, and calls are refused.",
              Query("sum(matching_engine_remembered_commands)", "remembered"), unit="short"),
    ]  # fmt: skip


def journal() -> Panels:
    """The engine's disk: whether commands are taken, what the log needs, and who holds old events back."""
    return [
        states("Taking commands", "Red: refused, for want of room on the volume, or while it stops.",
               Query("max by (pod, instance) (matching_engine_accepting)", "{{pod}}"),
               {1: ("taken", "green"), 0: ("refused", "red")}),
        states("Journal on disk", "Red: found not to replay to what it says. docs/operations.md has the way out.",
               Query("max by (pod, instance) (matching_engine_journal_unreplayable)", "{{pod}}"),
               {0: ("replays", "green"), 1: ("does not replay", "red")}),
        graph("Room", "Left on the volume, and what is taken already for what comes next.",
              Query("sum(matching_engine_journal_free_bytes)", "free"),
              Query("sum(matching_engine_journal_room_bytes)", "taken in advance"), unit="bytes"),
        graph("Log", "All segments, archived ones too; and the newest snapshot.",
              Query("sum(matching_engine_journal_bytes)", "segments"),
              Query("sum(matching_engine_snapshot_bytes)", "snapshot"), unit="bytes"),
        graph("Segments", "A snapshot moves what it covers into the archive.",
              Query("sum(matching_engine_journal_segments)", "in the data folder"),
              Query("sum(matching_engine_journal_archived_segments)", "archived"), unit="short"),
        graph("Age of the newest snapshot", "In journal time. A start replays what came after it.",
              Query("max(matching_engine_snapshot_age_seconds)", "age"),
              Query("max(matching_engine_snapshot_duration_seconds)", "time it took"), unit="s"),
        graph("Snapshots made", "None while the log grows: the engine's own log says why.",
              Query("sum(increase(matching_engine_snapshots_total[1h]))", "in an hour"), unit="short"),
        graph("Events kept", "In the data folder and the archive. Falls when retention deletes some.",
              Query("max(matching_engine_last_sequence - matching_engine_first_sequence + 1)", "events"),
              unit="short"),
        graph("Readers behind", "Events of the log that a reader has not confirmed: they are kept for it.",
              Query("max(matching_engine_last_sequence) - on() group_right()"
                    " max by (reader) (matching_engine_reader_sequence)", "{{reader}}"),
              Query("sum by (job) (rate(event_reader_confirmations_failed_total[$__rate_interval]))",
                    "failed confirmations a second, {{job}}"), unit="short"),
    ]  # fmt: skip


def events() -> Panels:
    """From the engine's log to what traders and watchers see."""
    return [
        graph("Settlement lag", "Events of the engine's log not yet settled.",
              Query("max(trading_settlement_lag_events)", "events"), unit="short"),
        graph("Settlement", "Time of one transaction, 99th percentile.",
              Query(_quantile(0.99, "trading_settlement_page_seconds_bucket"), "99th percentile"),
              unit="s"),
        graph("Settled", "Events a second.",
              Query("sum(rate(trading_settled_events_total[$__rate_interval]))", "events"),
              unit="ops"),
        graph("Consumer lag", "Events of a log that a consumer has not applied yet.",
              Query("max by (job, log) (event_consumer_lag_events)", "{{job}} of {{log}}"),
              unit="short"),
        graph("Unpublished events", "Not yet with the broker. Consumers then read the log itself.",
              Query("max by (job) (event_log_unpublished_events)", "{{job}}"),
              Query("max(matching_engine_publisher_lag_events)", "matching-engine"),
              Query("sum(increase(matching_engine_publisher_connections_total[1h]))",
                    "the engine's new connections, in an hour"), unit="short"),
        states("Stopped consumers", "Red: an event could not be applied, or published; it is never skipped.",
               Query("max by (job, log) (event_consumer_stopped)"
                     " or max by (job) (trading_settlement_stopped)"
                     " or max by (job) (matching_engine_publisher_stopped)", "{{job}} {{log}}"),
               {0: ("runs", "green"), 1: ("stopped", "red")}),
        graph("Leaders", "Replicas that hold a lock. One each, but for the moment of a change.",
              Query("sum by (job, lock) (leader_elected)", "{{job}} {{lock}}"), unit="short"),
        graph("Pulled over HTTP", "Events that did not come by the broker: it is away or has lost some.",
              Query("sum by (job, log) (rate(event_consumer_pulled_events_total[$__rate_interval]))",
                    "{{job}} of {{log}}"), unit="ops"),
        graph("Audit log", "Entries not yet verified by the standing walk over the chain.",
              Query("max(audit_log_head_position_entries) - max(audit_log_verified_position_entries)",
                    "unverified"), unit="short"),
    ]  # fmt: skip


def ledger() -> Panels:
    """Whether what the ledger promises holds, and whether anybody looked. docs/runbooks has each alert."""
    return [
        graph("Broken invariants", "Rows that break one. It must be 0; the log of trading shows them.",
              Query("max(trading_invariant_violations)", "rows"), unit="short"),
        graph("Age of the last look at the invariants", "Old: the count beside it says nothing.",
              Query("time() - max(trading_invariants_looked_at_timestamp_seconds)", "age"), unit="s"),
        states("Alerts", "Those that fire; none: nothing is shown.",
               Query('max by (alertname) (ALERTS{alertstate="firing"})', "{{alertname}}"),
               {1: ("fires", "red")}),
    ]  # fmt: skip


def streams() -> Panels:
    """Websockets, and how old what they carry is."""
    return [
        graph("Websockets", "Open at the gateway, by route.",
              Query("sum by (route) (gateway_streams_open)", "{{route}}"), unit="short", stacked=True),
        graph("Connections behind it", "Of market data by protocol, and of trade updates.",
              Query("sum by (protocol) (market_data_stream_clients)", "market data {{protocol}}"),
              Query("sum(trading_stream_connections)", "trade updates"), unit="short", stacked=True),
        graph("Age of market data", "From the stamp of a frame's oldest event to its writing.",
              Query(_quantile(0.5, "market_data_stream_lag_seconds_bucket"), "median"),
              Query(_quantile(0.99, "market_data_stream_lag_seconds_bucket"), "99th percentile"),
              unit="s"),
        graph("Frames", "Through the gateway, in from clients and out to them.",
              Query("sum by (direction) (rate(gateway_stream_frames_total[$__rate_interval]))",
                    "{{direction}}"), unit="ops"),
        graph("Slow clients", "Not written to for a moment (conflated), or closed for not reading.",
              Query("sum by (protocol) (rate(market_data_stream_conflated_total[$__rate_interval]))",
                    "conflated {{protocol}}"),
              Query("sum by (protocol) (rate(market_data_stream_slow_clients_total[$__rate_interval]))",
                    "closed {{protocol}}"), unit="ops"),
        graph("Closed and refused", "Websockets closed, by whom; handshakes refused, by why.",
              Query("sum by (by, code) (rate(gateway_streams_closed_total[$__rate_interval]))",
                    "closed by {{by}} ({{code}})"),
              Query("sum by (reason) (rate(gateway_stream_handshakes_refused_total"
                    "[$__rate_interval]))", "refused: {{reason}}"), unit="ops"),
    ]  # fmt: skip


def broker() -> Panels:
    """RabbitMQ. When it is away trading goes on and the watchers read the logs."""
    return [
        graph("Messages in queues", "Waiting or not yet confirmed.",
              Query("sum by (queue) (rabbitmq_detailed_queue_messages)", "{{queue}}"), unit="short"),
        graph("Consumers of queues", "None: nobody reads this queue now.",
              Query("sum by (queue) (rabbitmq_detailed_queue_consumers)", "{{queue}}"), unit="short"),
        graph("Published", "Messages a second; each is a page of events.",
              Query("sum(rate(rabbitmq_global_messages_received_total[$__rate_interval]))", "in"),
              Query("sum(rate(rabbitmq_global_messages_delivered_total[$__rate_interval]))", "out"),
              unit="ops"),
    ]  # fmt: skip


def processes() -> Panels:
    """Every process that says so itself: memory, processor, files, restarts."""
    return [
        states("Up", "Whether a scrape succeeds.",
               Query("max by (job, pod, instance) (up)", "{{job}} {{pod}}"),
               {1: ("up", "green"), 0: ("down", "red")}),
        graph("Memory", "Resident.",
              Query(f"sum by (job, pod) (process_resident_memory_bytes{_OF})", "{{pod}}"),
              unit="bytes"),
        graph("Processor", "Cores in use. Near the pod's limit it is throttled.",
              Query(f"sum by (job, pod) (rate(process_cpu_seconds_total{_OF}[$__rate_interval]))",
                    "{{pod}}"), unit="short"),
        graph("Open files", "Share of what the process may have.",
              Query(f"max by (job, pod) (process_open_fds{_OF} / process_max_fds{_OF})", "{{pod}}"),
              unit="percentunit"),
        graph("Restarts", "Of a pod's process, in the hour before.",
              Query(f"changes(process_start_time_seconds{_OF}[1h])", "{{pod}}"), unit="short"),
        graph("Log-ins", "By outcome. Hashing passwords is what auth's processor is for.",
              Query("sum by (outcome) (rate(auth_logins_total[$__rate_interval]))", "{{outcome}}"),
              Query("sum(auth_password_hashes_waiting)", "waiting for a place to hash"),
              unit="short"),
    ]  # fmt: skip


def traces() -> Panels:
    """The traced share of all requests; a point leads to its trace."""
    return [
        graph("Spans", "That arrived at the collector, by service.",
              Query("sum by (job) (rate(traces_span_metrics_calls_total[$__rate_interval]))",
                    "{{job}}"), unit="ops"),
        graph("99th percentile of operations", "The ten slowest.",
              Query("topk(10, " + _quantile(0.99, "traces_span_metrics_duration_seconds_bucket",
                                            "job", "span_name") + ")",
                    "{{job}} {{span_name}}", exemplars=True), unit="s", width=16),
    ]  # fmt: skip


def _quantile(quantile: float, buckets: str, *labels: str) -> str:
    grouped = ", ".join(("le", *labels))
    return f"histogram_quantile({quantile}, sum by ({grouped}) (rate({buckets}[$__rate_interval])))"
