namespace WsCore.ClusterTests.Chaos;

/// <summary>Kinds of trouble in a random order, each once before one comes again: a short run sees them all.</summary>
internal sealed class Deck<T>(Random random, params T[] cards)
{
    private readonly Queue<T> _left = new();

    public T Next()
    {
        if (_left.Count == 0)
        {
            random.Shuffle(cards);
            foreach (var card in cards)
            {
                _left.Enqueue(card);
            }
        }

        return _left.Dequeue();
    }
}
