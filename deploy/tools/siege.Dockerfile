FROM debian:12.12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends siege && rm -rf /var/lib/apt/lists/*
USER 1000:1000
ENV HOME=/tmp
ENTRYPOINT ["siege"]
