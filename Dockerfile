# The pipeline for ECS or any container host. `docker run IMAGE` runs it; other commands follow the
# image's name: `docker run IMAGE answers`. Nothing but /data is ever written to.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# uv trusts whom the image trusts, as pip does, and compiles, as a read-only file system cannot.
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore \
    UV_SYSTEM_CERTS=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /build
# uv and hatchling live in /build/venv, which stays behind; /venv holds what runs.
COPY requirements-build.lock requirements.lock ./
RUN python -m venv venv \
 && venv/bin/pip install --require-hashes --only-binary :all: -r requirements-build.lock \
 && python -m venv --without-pip /venv \
 && venv/bin/uv pip install --python /venv/bin/python --no-deps \
      --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY loader loader
COPY spotify_elt spotify_elt
COPY sample_api sample_api
COPY dbt_spotify dbt_spotify
# Apart from /venv, which thus stays the same layer while only the project changes.
RUN venv/bin/uv build --python venv/bin/python --wheel --no-build-isolation --out-dir . \
 && venv/bin/uv pip install --python /venv/bin/python --no-deps --target /app ./*.whl
# dbt parses the project where it will be: from /build the sources would be taken for the package.
WORKDIR /app
RUN DBT_LOG_PATH=/build /venv/bin/python -m spotify_elt.run.transform

FROM ${BASE}
LABEL org.opencontainers.image.title="spotify-elt" \
      org.opencontainers.image.description="Spotify playlists to PostgreSQL: raw JSON with dlt, five tested answers with dbt" \
      org.opencontainers.image.licenses="MIT"
# The base has no compiled standard library, and a read-only file system would never get one.
RUN python -m compileall -q -x 'site-packages|dist-packages|/test/' \
      "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && install -d -o 10001 -g 10001 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
# And the playlists_file, if there is one.
COPY pipeline.yml playlists*.txt /app/
# A volume takes its owner from the image, so the folder exists before it is declared.
VOLUME ["/data"]
# Whatever a run writes (.local, logs, report) it writes into its working folder.
WORKDIR /data
ENV PATH=/app/bin:/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIPELINE_CONFIG=/app/pipeline.yml \
    HOME=/data \
    TMPDIR=/data
USER 10001:10001
ENTRYPOINT ["spotify-elt"]
CMD ["run"]
