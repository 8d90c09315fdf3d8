"""The one place that speaks with Spotify, over spotipy, and how a user consents to it.

client            asks, waits and tries again
access            who asks: settings from the environment
tokens            signing in, by the app or on a user's behalf
refusals          what an answer that is none means, in a sentence
pause             the wait that all workers share when Spotify limits the rate
login, consent,   a user's consent, once in the browser, and when it ends
consent_server
"""
