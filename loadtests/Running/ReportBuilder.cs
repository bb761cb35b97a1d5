using System.Globalization;
using WsCore.LoadTests.Commands;
using WsCore.LoadTests.Machine;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Scenarios;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Running;

/// <summary>Makes the report of what was counted.</summary>
internal sealed class ReportBuilder(Scenario scenario, ScenarioContext context, RunSettings settings, Marks marks)
{
    private readonly LoadMetrics _metrics = context.Metrics;

    public LoadReport Build(FigureSet figures, IReadOnlyList<Sample> samples, DateTimeOffset began, bool stopped)
    {
        var steps = _metrics.Steps.Select(step => new StepResult(step, marks.Latencies(step))).Where(step => step.Latencies.Count > 0).OrderBy(step => step.Name == scenario.MainStep ? 0 : 1).ToList();
        Count(figures);
        Use(figures, samples);
        Time(figures, steps);
        var thresholds = ThresholdText.Merge(scenario.Thresholds.Select(ThresholdText.Parse), settings.Thresholds);
        if (stopped)
        {
            context.Note("The run was stopped before its time.");
        }

        return new LoadReport
        {
            Scenario = settings.ScenarioName,
            CommandLine = settings.CommandLine,
            Began = began,
            Load = Load(),
            Facts = [.. MachineFacts.Collect(), .. Server()],
            Steps = steps,
            Figures = figures,
            Thresholds = [.. thresholds.Select(threshold => threshold.Check(figures))],
            Errors = _metrics.Errors.List(),
            Refusals = _metrics.Refusals.List(),
            Closes = _metrics.Closes.List(),
            ExpectedCloses = _metrics.ExpectedCloses.List(),
            Notes = context.Notes,
            Samples = samples,
            Stopped = stopped,
        };
    }

    private void Count(FigureSet figures)
    {
        if (figures.Find(FigureNames.Connections) is null)
        {
            figures.Add(FigureNames.Connections, marks.Connections);
        }

        if (figures.Find(FigureNames.Sent) is null)
        {
            figures.Add(FigureNames.Sent, marks.Sent);
            figures.Add(FigureNames.SendRate, marks.Sent / marks.Seconds);
        }

        figures.Add(FigureNames.Delivered, marks.Delivered);
        figures.Add(FigureNames.DeliveryRate, marks.Delivered / marks.Seconds);
        figures.Add(FigureNames.Errors, _metrics.Errors.Total);
        figures.Add(FigureNames.Foreign, _metrics.Errors.Of(Member.ForeignMessage));
        figures.Add(FigureNames.Duplicates, _metrics.Duplicates.Value);
        figures.Add(FigureNames.OutOfOrder, _metrics.OutOfOrder.Value);
        figures.Add(FigureNames.Closes, _metrics.Closes.Total);
        foreach (var code in _metrics.Closes.List().Concat(_metrics.ExpectedCloses.List()).Select(pair => pair.Key).Distinct())
        {
            figures.Add($"{FigureNames.Closes}-{code}", _metrics.Closes.Of(code) + _metrics.ExpectedCloses.Of(code));
        }
    }

    private void Use(FigureSet figures, IReadOnlyList<Sample> samples)
    {
        var load = samples.Where(sample => sample.Phase == Phases.Load).ToList();
        AddCpu(figures, marks.TesterCpu, FigureNames.TesterCpu, FigureNames.TesterCpuPerDelivery);
        AddCpu(figures, marks.ServerCpu, FigureNames.ServerCpu, FigureNames.ServerCpuPerDelivery);
        if (load.Count > 0 && load[^1].Tester.Memory is { } tester)
        {
            figures.Add(FigureNames.TesterMemory, tester);
        }

        var memory = load.Select(sample => (double?)sample.Server.Memory).OfType<double>().ToList();
        if (memory.Count > 0)
        {
            var fifth = Math.Max(1, memory.Count / 5);
            figures.Add(FigureNames.ServerMemory, memory[^1]);
            figures.Add(FigureNames.ServerMemoryGrowth, ((memory.TakeLast(fifth).Average() / memory.Take(fifth).Average()) - 1) * 100);
            if (marks.Connections > 0 && marks.ServerMemoryBefore is { } before)
            {
                figures.Add(FigureNames.ServerMemoryPerConnection, (memory.TakeLast(fifth).Average() - before) / marks.Connections);
            }
        }
    }

    private void AddCpu(FigureSet figures, double? seconds, string share, string each)
    {
        if (seconds is not { } cpu)
        {
            return;
        }

        figures.Add(share, cpu / marks.Seconds * 100);
        if (marks.Delivered > 0)
        {
            figures.Add(each, cpu * 1e6 / marks.Delivered);
        }
    }

    private void Time(FigureSet figures, List<StepResult> steps)
    {
        foreach (var step in steps)
        {
            foreach (var prefix in step.Name == scenario.MainStep ? new[] { "", step.Name + "-" } : [step.Name + "-"])
            {
                figures.Add(prefix + "mean", step.Latencies.Mean);
                foreach (var percent in FigureNames.Percentiles)
                {
                    figures.Add(prefix + FigureNames.Percentile(percent), step.Latencies.Percentile(percent));
                }

                figures.Add(prefix + "max", step.Latencies.Max);
            }
        }
    }

    private List<KeyValuePair<string, string>> Load()
    {
        var options = context.Options;
        return
        [
            new("target", PublicUrl.Of(options.Url)),
            new("connections", string.Create(CultureInfo.InvariantCulture, $"{options.Connections:#,0}, begun at {options.ConnectRate:#,0} a second")),
            new("load", string.Join(", then ", scenario.Simulations)),
            new("warm-up", DurationText.Of(options.WarmUp)),
            new("measured", string.Create(CultureInfo.InvariantCulture, $"{marks.Seconds:0.0} s, {marks.Sent:#,0} sent, {marks.Delivered:#,0} delivered")),
            new("payload", string.Create(CultureInfo.InvariantCulture, $"{options.Payload:#,0} bytes")),
            new("source addresses", context.Sources.Addresses is { Count: > 0 } addresses ? $"{addresses.Count}: {addresses[0]} to {addresses[^1]}" : "the system's choice"),
        ];
    }

    private IEnumerable<KeyValuePair<string, string>> Server()
    {
        if (settings.Server is { } server)
        {
            yield return new("server", string.Create(CultureInfo.InvariantCulture, $"process {server.Pid}, descriptors at most {server.DescriptorLimit}"));
        }
        else
        {
            yield return new("server", "its process is not known here: nothing of its CPU and memory (--server-pid)");
        }
    }
}
