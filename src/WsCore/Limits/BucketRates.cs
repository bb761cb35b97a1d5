namespace WsCore.Limits;

/// <summary>The rates of one scope.</summary>
internal sealed record BucketRates(RateScope Scope, BucketRate Messages, BucketRate Bytes)
{
    private const int SecondsOfMessages = 2;
    private const int SecondsOfBytes = 4;

    public bool IsUnlimited => Messages.IsUnlimited && Bytes.IsUnlimited;

    public static BucketRates OfConnection(LimitOptions limits, long frequency) => new(
        RateScope.Connection,
        new BucketRate(limits.MessagesPerSecond, limits.MessageBurst, frequency),
        new BucketRate(limits.BytesPerSecond, limits.ByteBurst, frequency));

    /// <summary>Of a user or an address, for whom a burst of 0 is what suits the rate.</summary>
    public static BucketRates OfShared(RateScope scope, RateOptions rates, int maxMessageBytes, long frequency)
    {
        var messages = rates.MessageBurst != 0 ? rates.MessageBurst : Math.Max(1L, (long)SecondsOfMessages * rates.MessagesPerSecond);
        var bytes = rates.ByteBurst != 0 ? rates.ByteBurst : Math.Max(maxMessageBytes, (long)SecondsOfBytes * rates.BytesPerSecond);
        return new BucketRates(scope, new BucketRate(rates.MessagesPerSecond, messages, frequency), new BucketRate(rates.BytesPerSecond, bytes, frequency));
    }
}
