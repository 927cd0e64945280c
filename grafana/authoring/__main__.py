"""Write every dashboard's JSON: `python -m grafana.authoring`."""

from grafana.authoring.files import write

if __name__ == "__main__":
    write()
