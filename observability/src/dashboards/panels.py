"""The few kinds of panel that the dashboards are made of, so that all of them look and read alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus, stat, statetimeline, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common, dashboard

HEIGHT = 8
SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="prometheus")
"""The data source that observability/grafana/datasources.yaml provisions."""


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression, and how its series are called in the legend."""

    promql: str
    legend: str = ""
    exemplars: bool = False
    """Whether to show the traces behind it as points."""

    def builder(self, reference: str, *, instant: bool = False) -> prometheus.Dataquery:
        query = (
            prometheus.Dataquery()
            .ref_id(reference)
            .datasource(SOURCE)
            .expr(self.promql)
            .legend_format(self.legend)
        )
        if self.exemplars:
            query = query.exemplar(True)
        return query.instant() if instant else query.range()


def graph(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    width: int = 8,
    stacked: bool = False,
    highest: float | None = None,
) -> timeseries.Panel:
    """Lines over time. `unit` is one of Grafana's ids, such as `s`, `reqps`, `bytes`."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .height(HEIGHT)
        .span(width)
        .unit(unit)
        .min(0)
        .fill_opacity(30 if stacked else 8)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            common_builders.VizLegendOptions()
            .display_mode(common.LegendDisplayMode.TABLE)
            .placement(common.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(
            common_builders.VizTooltipOptions()
            .mode(common.TooltipDisplayMode.MULTI)
            .sort(common.SortOrder.DESCENDING)
        )
    )
    if stacked:
        panel = panel.stacking(
            common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A")
        )
    if highest is not None:
        panel = panel.max(highest)
    return panel.targets(_targets(queries))


def figure(
    title: str,
    description: str,
    promql: str,
    *,
    unit: str,
    warn: float | None = None,
    bad: float | None = None,
) -> stat.Panel:
    """One number, green below `warn`, red from `bad` on; without limits it is only a number."""
    steps = [dashboard.Threshold(value=None, color="green" if bad is not None else "text")]
    if warn is not None:
        steps.append(dashboard.Threshold(value=warn, color="orange"))
    if bad is not None:
        steps.append(dashboard.Threshold(value=bad, color="red"))
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .height(4)
        .span(3)
        .unit(unit)
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.AREA)
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .thresholds(
            builders.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
        )
        .targets(_targets([Query(promql)]))
    )


def states(
    title: str,
    description: str,
    query: Query,
    meanings: dict[int, tuple[str, str]],
    *,
    width: int = 8,
) -> statetimeline.Panel:
    """A band for each series, coloured by its value. `meanings`: value -> (word, colour)."""
    mapping = dashboard.ValueMap(
        options={
            str(value): dashboard.ValueMappingResult(text=word, color=color, index=index)
            for index, (value, (word, color)) in enumerate(meanings.items())
        }
    )
    return (
        statetimeline.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .height(HEIGHT)
        .span(width)
        .mappings([mapping])
        .show_value(common.VisibilityMode.NEVER)
        .row_height(0.8)
        .fill_opacity(80)
        .targets(_targets([query]))
    )


def _targets(queries: Sequence[Query]) -> list[Builder[Dataquery]]:
    return [query.builder(chr(ord("A") + index)) for index, query in enumerate(queries)]
