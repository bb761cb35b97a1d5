namespace WsCore.TestKit.Randomness;

/// <summary>
/// The seed of this test run: <c>WSCORE_TEST_SEED</c> where it is set (tests/run.sh sets and prints it), else random.
/// Whatever a test takes at random it takes from <see cref="CreateRandom"/>, so that a failure can be run again.
/// </summary>
internal static class TestSeed
{
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("WSCORE_TEST_SEED"), out var seed) ? seed : Random.Shared.Next();

    /// <summary>A new generator that starts at the run's seed, whatever was drawn before and elsewhere.</summary>
    public static Random CreateRandom() => new(Value);
}
