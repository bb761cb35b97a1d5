using WsCore.Reliability;
using WsCore.TestKit.Randomness;
using Xunit.Abstractions;

namespace WsCore.Tests.Reliability;

public sealed class RetryWheelTests(ITestOutputHelper log)
{
    private readonly RetryWheel<int> _wheel = new();

    [Fact]
    public void TryTake_NotBeforeItsTime_AndExactlyThen()
    {
        _wheel.Add(7, due: 5_300);
        _wheel.Advance(5_299);
        Assert.False(_wheel.TryTake(out _));

        _wheel.Advance(5_300);
        Assert.True(_wheel.TryTake(out var handle));
        Assert.Equal(7, _wheel[handle]);
        Assert.Equal(1, _wheel.Count); // taken, and its taker's to remove
        _wheel.Remove(handle);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void TryTake_RoundsOfTheWheelApart_OnlyWhatIsDue()
    {
        _wheel.Add(1, due: 3_000);
        _wheel.Add(2, due: 3_000 + (1024 * 1000));
        _wheel.Advance(4_000);

        Assert.Equal([1], Take());
        _wheel.Advance(3_000 + (1024 * 1000));
        Assert.Equal([2], Take());
    }

    [Fact]
    public void Remove_OthersOfTheSameSecond_StillCome_AlsoWhileTheyAreTaken()
    {
        int[] handles = [.. Enumerable.Range(0, 10).Select(i => _wheel.Add(i, due: 1_000))];
        _wheel.Remove(handles[4]);
        _wheel.Advance(1_000);
        Assert.True(_wheel.TryTake(out var first));
        _wheel.Remove(handles[8]); // due, not taken yet
        _wheel.Remove(first);

        Assert.Equal([1, 2, 3, 5, 6, 7, 9], Take());
    }

    [Fact]
    public void Advance_AfterADayWithoutATick_EverythingComes()
    {
        _wheel.Advance(86_400_000);
        for (var i = 0; i < 3_000; i++)
        {
            _wheel.Add(i, due: 86_400_000 + (i * 100));
        }

        _wheel.Advance(2 * 86_400_000);
        Assert.Equal(Enumerable.Range(0, 3_000), Take().Order());
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void AnySequence_BehavesLikeASortedList()
    {
        var random = new Random(TestSeed.Value);
        log.WriteLine($"seed {TestSeed.Value}");
        for (var round = 0; round < 200; round++)
        {
            var (wheel, model, handles) = (new RetryWheel<int>(), new Dictionary<int, long>(), new Dictionary<int, int>());
            var (now, next) = (random.NextInt64(10_000), 0);
            wheel.Advance(now);
            for (var step = 0; step < 300; step++)
            {
                switch (random.Next(10))
                {
                    case < 5:
                        var due = now + random.NextInt64(random.Next(3) == 0 ? 600_000 : 5_000);
                        handles[next] = wheel.Add(next, due);
                        model[next++] = due;
                        break;
                    case 5 when model.Count > 0:
                        var gone = model.Keys.ElementAt(random.Next(model.Count));
                        model.Remove(gone);
                        handles.Remove(gone, out var removed);
                        wheel.Remove(removed);
                        break;
                    case 6 when model.Count > 0:
                        var moved = model.Keys.ElementAt(random.Next(model.Count));
                        model[moved] = now + random.NextInt64(20_000);
                        wheel.Move(handles[moved], model[moved]);
                        break;
                    default:
                        now += random.NextInt64(random.Next(20) == 0 ? 2_000_000 : 3_000);
                        wheel.Advance(now);
                        Check(wheel, model, handles, now, random);
                        break;
                }

                Assert.Equal(model.Count, wheel.Count);
            }
        }
    }

    private static void Check(RetryWheel<int> wheel, Dictionary<int, long> model, Dictionary<int, int> handles, long now, Random random)
    {
        var expected = model.Where(pair => pair.Value <= now).Select(pair => pair.Key).Order().ToList();
        var taken = new List<int>();
        while (wheel.TryTake(out var handle))
        {
            var item = wheel[handle];
            taken.Add(item);
            Assert.Equal(handles[item], handle);
            if (random.Next(2) == 0)
            {
                model[item] = now + 1 + random.NextInt64(30_000);
                wheel.Move(handle, model[item]);
            }
            else
            {
                model.Remove(item);
                handles.Remove(item);
                wheel.Remove(handle);
            }
        }

        Assert.Equal(expected, taken.Order());
    }

    private List<int> Take()
    {
        var taken = new List<int>();
        while (_wheel.TryTake(out var handle))
        {
            taken.Add(_wheel[handle]);
            _wheel.Remove(handle);
        }

        return taken;
    }
}
