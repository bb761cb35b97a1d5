namespace WsCore.BusBenchmark;

/// <param name="PerSecond">Messages.</param>
/// <param name="NodesMicroseconds">CPU of both nodes together for a message.</param>
/// <param name="RedisMicroseconds">CPU of Redis for a message.</param>
internal readonly record struct Throughput(double PerSecond, double NodesMicroseconds, double RedisMicroseconds);
