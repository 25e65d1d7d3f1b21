# A server that keeps everything in /data: `docker build -t treadle .`
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
# What changes seldom comes first: the packages, each at its pinned hash, in an environment without pip.
COPY requirements/ requirements/
RUN python -m venv --without-pip /opt/treadle
RUN pip --python /opt/treadle/bin/python install --require-hashes --only-binary :all: -r requirements/runtime.txt
RUN pip install --require-hashes --only-binary :all: -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
RUN python -m hatchling build -t wheel -d dist
RUN pip --python /opt/treadle/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.13-slim

RUN useradd --system --uid 10001 --user-group --no-create-home treadle \
    && install -d -o treadle -g treadle /data
COPY --from=build /opt/treadle /opt/treadle
ENV PATH=/opt/treadle/bin:$PATH
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 7070
# /livez needs no key; a server that is alive and not ready says why at /readyz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('TREADLE_PORT', '7070')}/livez\", timeout=4)"]
CMD ["treadle", "server", "--host", "0.0.0.0", "--store", "sqlite:////data/treadle.db"]
