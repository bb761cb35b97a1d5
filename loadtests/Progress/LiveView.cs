using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Running;

namespace WsCore.LoadTests.Progress;

/// <summary>A table on a terminal that changes every second.</summary>
internal sealed class LiveView : IProgressView
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _title;
    private readonly Task _live;
    private LiveDisplayContext? _context;
    private string _phase = "";

    public LiveView(IAnsiConsole console, string title)
    {
        _title = title;
        _live = console.Live(new Text("")).StartAsync(async context =>
        {
            _context = context;
            await _done.Task;
        });
    }

    public void Phase(string phase) => _phase = phase;

    public void Show(Sample sample) => _context?.UpdateTarget(Table(sample));

    public async ValueTask DisposeAsync()
    {
        _done.TrySetResult();
        await _live;
    }

    private IRenderable Table(Sample sample)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape($"{_title} · {_phase} · {sample.Second:0} s")) };
        table.AddColumns("", "now");
        table.AddRow("connections", Number(sample.Connections));
        table.AddRow("connected a second", Number(sample.ConnectRate));
        table.AddRow("sent a second", Number(sample.SendRate));
        table.AddRow("delivered a second", Number(sample.DeliveryRate));
        table.AddRow("latency p50 / p99 / p99.9 / max", $"{Time(sample.P50)} / {Time(sample.P99)} / {Time(sample.P999)} / {Time(sample.Max)}");
        table.AddRow("the tester's own lag, p99", Time(sample.LagP99));
        table.AddRow("tester: cpu, memory", Usage(sample.Tester));
        table.AddRow("server: cpu, memory", Usage(sample.Server));
        table.AddRow("errors / closes", sample.Errors == 0 ? $"0 / {sample.Closes}" : $"[red]{sample.Errors}[/] / {sample.Closes}");
        return table;
    }

    private static string Number(double value) => Unit.Count.Format(Math.Round(value));

    private static string Time(double? micros) => micros is { } value ? Unit.Time.Format(value) : "–";

    private static string Usage(UsageSample usage) =>
        usage is { Cpu: { } cpu, Memory: { } memory } ? string.Create(CultureInfo.InvariantCulture, $"{cpu:0} %, {Unit.Bytes.Format(memory)}") : "–";
}
