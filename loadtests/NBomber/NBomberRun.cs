using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using WsCore.LoadTests.Commands;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Running;
using WsCore.LoadTests.Scenarios;
using Threshold = NBomber.CSharp.Threshold;

namespace WsCore.NBomberHost;

/// <summary>
/// A scenario of the project, registered with NBomber's runner: its iterations, steps and simulations become NBomber's. What NBomber does not look at, what every receiver got, is checked by the
/// scenario as ever, and its thresholds with it.
/// </summary>
internal sealed class NBomberRun : IDisposable
{
    private readonly ScenarioContext _context;
    private readonly LoadTests.Scenarios.Scenario _scenario;
    private readonly RunSettings _settings;
    private readonly Marks _marks;
    private readonly FigureSet _figures = new();
    private readonly CancellationTokenSource _loadEnds = new();
    private Task? _background;
    private Exception? _fault;
    private long _number = -1;
    private int _hasBegun;

    public NBomberRun(ScenarioEntry entry, ScenarioOptions options, IReadOnlyList<LoadTests.Thresholds.Threshold> thresholds, string commandLine)
    {
        _context = new ScenarioContext(options, TimeProvider.System);
        _scenario = entry.Create(_context);
        _settings = new RunSettings(entry.Name, $"nbomber: {commandLine}", thresholds, null);
        _marks = new Marks(_context, null);
    }

    /// <summary>Runs it; 0 where NBomber's threshold and the scenario's hold.</summary>
    /// <exception cref="ScenarioException">This server cannot be tested so.</exception>
    public int Run(string folder)
    {
        var began = DateTimeOffset.UtcNow;
        _marks.Start();
        var props = NBomber.CSharp.Scenario.Create(_settings.ScenarioName, IterateAsync)
            .WithInit(_ => InitAsync())
            .WithClean(_ => CleanAsync())
            .WithLoadSimulations([.. _scenario.Simulations.Select(NBomberSimulations.Of)])
            .WithThresholds(Threshold.Create(stats => stats.Fail.Request.Count == 0))
            .WithRestartIterationOnFail(false)
            .WithMaxFailCount(int.MaxValue); // how many are too many is for the thresholds to say
        props = _context.Options.WarmUp > TimeSpan.Zero ? props.WithWarmUpDuration(_context.Options.WarmUp) : props.WithoutWarmUp();
        var runner = NBomberRunner.RegisterScenarios(props)
            .WithTestSuite("wscore")
            .WithTestName(_settings.ScenarioName)
            .WithReportFolder(folder)
            .WithReportFormats(ReportFormat.Html, ReportFormat.Md, ReportFormat.Csv, ReportFormat.Txt);
        if (Environment.GetEnvironmentVariable("NBOMBER_LICENSE") is { Length: > 0 } key)
        {
            runner = runner.WithLicense(key);
        }

        var stats = runner.Run();
        if (_fault is not null)
        {
            throw _fault;
        }

        return Conclude(began, folder) && stats.Thresholds.All(threshold => !threshold.IsFailed) ? LoadProgram.Passed : LoadProgram.Failed;
    }

    public void Dispose()
    {
        _loadEnds.Dispose();
        _context.Dispose();
    }

    private async Task<IResponse> IterateAsync(IScenarioContext step)
    {
        if (step.ScenarioInfo.ScenarioOperation == ScenarioOperation.Bombing && Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            _marks.BeginLoad();
            _background = _scenario.BackgroundAsync(_loadEnds.Token);
        }

        var iteration = new NBomberIteration(Interlocked.Increment(ref _number), _context, step);
        await _scenario.RunAsync(iteration, CancellationToken.None);
        return iteration.Failure is { } code ? Response.Fail(statusCode: code) : Response.Ok();
    }

    private async Task InitAsync()
    {
        try
        {
            await _scenario.InitAsync(CancellationToken.None);
            _marks.Ready();
        }
        catch (ScenarioException e)
        {
            _fault = e; // NBomber logs it and stops; the sentence is told once more at the end
            throw;
        }
    }

    private async Task CleanAsync()
    {
        _marks.EndLoad();
        await _loadEnds.CancelAsync();
        try
        {
            await (_background ?? Task.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            // the end of the load
        }

        if (_fault is null)
        {
            await _scenario.SettleAsync(CancellationToken.None);
            _marks.Settled();
            _scenario.Report(_figures);
        }

        await _scenario.DisposeAsync();
    }

    private bool Conclude(DateTimeOffset began, string folder)
    {
        var report = new ReportBuilder(_scenario, _context, _settings, _marks).Build(_figures, [], began, stopped: false);
        ReportFiles.Write(report, Path.Combine(folder, "checked"));
        foreach (var sentence in report.Notes.Concat(report.Thresholds.Select(result => result.Sentence)))
        {
            Console.WriteLine(sentence);
        }

        return report.Passed;
    }
}
